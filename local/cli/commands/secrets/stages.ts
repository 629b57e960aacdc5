/**
 * What an operator does about a rotation that went wrong: back to the value before, or no rotation at all.
 */

import { EXIT_FAILED, EXIT_OK, Problem } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';
import { readVersions, versionAt } from './versions.ts';
import type { SecretsOptions } from './run.ts';
import { type Call, withVault } from './vault.ts';

const UPDATE = 'secretsmanager.UpdateSecretVersionStage';

/**
 * Swaps the current value and the one before, so that a second call undoes the first. A rotation leaves AWSPENDING where
 * it ended, and on a version that is no longer current that label would read as a rotation under way: it goes first, so
 * that a call cut short changes nothing.
 */
export async function rollbackSecret(name: string, options: SecretsOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const done = await withVault(options, context, async (call) => {
    const secret = await readVersions(name, call);
    const [from, to] = [versionAt(secret, 'AWSCURRENT'), versionAt(secret, 'AWSPREVIOUS')];
    if (from === undefined || to === undefined) throw nothingBefore(secret.Name);
    const move = { VersionStage: 'AWSCURRENT', RemoveFromVersionId: from, MoveToVersionId: to };
    if (versionAt(secret, 'AWSPENDING') === from) await dropPending(name, from, call);
    await call(UPDATE, { SecretId: name, ...move });
    return { name: secret.Name, current: to, previous: from };
  });
  if (options.json) terminal.out(JSON.stringify(done));
  else terminal.out(`${done.name}: version ${done.current} is current again, and ${done.previous} the one before`);
  terminal.note('whoever holds the value reads it again when it is refused; the same command undoes this');
  return EXIT_OK;
}

/** Gives up a rotation that is under way and the schedule with it; the current value stays. */
export async function cancelRotation(name: string, options: SecretsOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const done = await withVault(options, context, async (call) => {
    await call('secretsmanager.CancelRotateSecret', { SecretId: name });
    const secret = await readVersions(name, call);
    const pending = versionAt(secret, 'AWSPENDING');
    const isUnfinished = pending !== undefined && pending !== versionAt(secret, 'AWSCURRENT');
    if (isUnfinished) await dropPending(name, pending, call);
    return { name: secret.Name, givenUp: isUnfinished ? pending : null };
  });
  if (options.json) terminal.out(JSON.stringify(done));
  else terminal.out(done.givenUp === null ? `${done.name}: nothing was under way` : `${done.name}: given up`);
  terminal.note(`it is not rotated any more, until ./jules secrets rotate ${done.name}`);
  return EXIT_OK;
}

async function dropPending(name: string, versionId: string, call: Call): Promise<void> {
  await call(UPDATE, { SecretId: name, VersionStage: 'AWSPENDING', RemoveFromVersionId: versionId });
}

function nothingBefore(name: string): Problem {
  return new Problem(`${name} has no value before the current one`, {
    fix: `./jules secrets put ${name} --file FILE stores another one`,
    exitCode: EXIT_FAILED,
  });
}
