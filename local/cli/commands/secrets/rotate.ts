/**
 * Starts rotations by hand, at any time, and waits for their end where asked to.
 */

import { exchangeTime } from '../../../../shared/domain/calendar/exchange-time.ts';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type RotationState } from '../../../../shared/domain/secrets/rotation-notices.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, Problem } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';
import { readVersions, versionAt } from './versions.ts';
import { type Call, withVault } from './vault.ts';
import type { RotateOptions } from './run.ts';
import { readStatus } from './status.ts';

const POLL_MS = 250;
const WAIT_MS_MAX = 15 * 60_000;

interface Outcome {
  readonly name: string;
  readonly versionId: string;
  readonly outcome: 'started' | 'rotated' | 'failed';
  readonly failure: string | null;
}

export async function rotateSecrets(
  name: string | undefined,
  options: RotateOptions,
  context: CliContext,
): Promise<number> {
  if ((name === undefined) === (options.all !== true)) throw nameOrAll();
  const outcomes = await withVault(options, context, async (call) => {
    const status = await readStatus(call);
    if (!status.canRotate) throw nobodyRotates();
    const names = name === undefined ? status.states.filter(({ isEnabled }) => isEnabled).map((s) => s.name) : [name];
    const started = await startAll(names, status.states, call);
    return options.wait ? Promise.all(started.map((each) => waitFor(each, call, context))) : started;
  });
  if (options.json) context.terminal.out(JSON.stringify(outcomes));
  else for (const each of outcomes) context.terminal.out(describe(each));
  if (outcomes.length === 0) context.terminal.note('no secret has a rotation');
  return outcomes.some(({ outcome }) => outcome === 'failed') ? EXIT_FAILED : EXIT_OK;
}

/**
 * One after another: a refusal names its secret, and those before it have been started. A rotation that has not come
 * to its end is taken up again under its own version: another one would be refused.
 */
async function startAll(names: readonly string[], states: readonly RotationState[], call: Call): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const name of names) {
    const unfinished = states.find((state) => state.name === name)?.pending?.versionId;
    const versionId = unfinished ?? randomUUID();
    await call('secretsmanager.RotateSecret', { SecretId: name, ClientRequestToken: versionId });
    outcomes.push({ name, versionId, outcome: 'started', failure: null });
  }
  return outcomes;
}

/** Failed is what the endpoint has given up until the next window. */
async function waitFor(started: Outcome, call: Call, { terminal }: CliContext): Promise<Outcome> {
  const untilMs = Date.now() + WAIT_MS_MAX;
  let reported = 0;
  while (Date.now() < untilMs) {
    if (await isCurrent(started, call)) return { ...started, outcome: 'rotated' };
    const pending = (await stateOf(started.name, call))?.pending ?? null;
    if (pending !== null && pending.attempts > reported) {
      reported = pending.attempts;
      const next = pending.retryMs === null ? 'given up' : `tried again ${exchangeTime(pending.retryMs)}`;
      terminal.note(`${started.name}: attempt ${reported} failed with ${pending.failure}, ${next}`);
    }
    if (pending !== null && pending.failure !== null && pending.retryMs === null) {
      return { ...started, outcome: 'failed', failure: pending.failure };
    }
    await pause(POLL_MS);
  }
  return { ...started, outcome: 'failed', failure: 'STILL_UNDER_WAY' };
}

async function isCurrent({ name, versionId }: Outcome, call: Call): Promise<boolean> {
  return versionAt(await readVersions(name, call), 'AWSCURRENT') === versionId;
}

async function stateOf(name: string, call: Call): Promise<RotationState | undefined> {
  return (await readStatus(call)).states.find((state) => state.name === name);
}

function describe({ name, versionId, outcome, failure }: Outcome): string {
  if (outcome === 'failed') return `${name} failed: ${failure}; the value before stays current`;
  return outcome === 'rotated' ? `${name} is rotated, version ${versionId}` : `${name}: rotation has begun`;
}

function nameOrAll(): Problem {
  return new Problem('rotate takes the name of a secret, or --all', {
    fix: './jules secrets status lists them',
    exitCode: EXIT_USAGE,
  });
}

function nobodyRotates(): Problem {
  return new Problem('nothing here runs rotation functions', {
    fix: './jules start, or secrets serve with --lambda-endpoint, and then again',
    exitCode: EXIT_FAILED,
  });
}
