/**
 * How the command line reaches the vault: through the endpoint of the process that has it, or by opening it itself.
 */

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../../../../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../../../../shared/adapters/system/logger.ts';
import { LOCAL_REGION } from '../../../../shared/adapters/sqs/client.ts';
import { accessKeyFrom, storedAccessKey } from '../../../vault/access-key.ts';
import { AwsError } from '../../../emulators/secrets-manager/aws-error.ts';
import { callEndpoint } from '../../../emulators/secrets-manager/call.ts';
import { createSecretsService } from '../../../emulators/secrets-manager/service.ts';
import { LOCAL_REALM } from '../../../vault/realm.ts';
import { VaultError } from '../../../vault/store/errors.ts';
import { diskFileSystem } from '../../../vault/store/file-system.ts';
import { type LockedVault, openLockedVault } from '../../../vault/store/locked-vault.ts';
import type { KeySource } from '../../../vault/store/master-key.ts';
import { type VaultPlaces, vaultPlaces } from '../../../vault/store/places.ts';
import { defaultDataDir, openDataDir } from '../../../stack/data-dir.ts';
import { findHolder } from '../../../stack/lock.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_FAILED, EXIT_USAGE, Problem } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';

export interface VaultOptions {
  readonly data?: string;
  readonly keys?: string;
  readonly passphraseFile?: string;
}

/** Performs an operation and answers as the endpoint does. Throws AwsError. */
export type Call = (target: string, input: object) => Promise<unknown>;

const UNSIGNED = new Set(['InvalidSignatureException', 'UnrecognizedClientException']);
const ACTOR = 'cli';

/** Runs with a way to the vault of an existing data folder. Throws Problem. */
export async function withVault<Result>(
  options: VaultOptions,
  context: CliContext,
  work: (call: Call) => Promise<Result>,
): Promise<Result> {
  return asProblem(async () => {
    const places = placesOf(openDataDir(options.data ?? defaultDataDir(context.env)), options);
    const holder = existsSync(places.vaultDir) ? await findHolder(places.vaultDir) : null;
    return holder?.url ? work(await remote(holder.url, places, context)) : await local(places, options, context, work);
  });
}

export function placesOf(dataDir: string, { keys }: VaultOptions): VaultPlaces {
  return vaultPlaces(dataDir, keys === undefined ? undefined : resolve(keys));
}

/** Throws Problem. */
export function keySource({ passphraseFile }: VaultOptions, places: VaultPlaces): KeySource {
  if (passphraseFile === undefined) return { kind: 'file', path: places.keyFile };
  try {
    const passphrase = Buffer.from(readFileSync(passphraseFile, 'utf8').trimEnd(), 'utf8');
    if (passphrase.length > 0) return { kind: 'passphrase', passphrase };
  } catch (cause) {
    throw passphraseProblem(passphraseFile, 'cannot be read', cause);
  }
  throw passphraseProblem(passphraseFile, 'is empty');
}

export function openForCli(places: VaultPlaces, options: VaultOptions, context: CliContext): Promise<LockedVault> {
  return openLockedVault({
    places,
    source: keySource(options, places),
    logger: createLogger({ name: 'secrets', level: parseLogLevel(context.env['JULES_LOG'] ?? 'warn') }),
    nowMs: () => Math.floor(Date.now()),
  });
}

/** What vault and endpoint refuse, as a problem with its fix. */
export async function asProblem<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof VaultError) {
      const exitCode = error.code === 'LOCKED' ? EXIT_DEPENDENCY_DOWN : EXIT_FAILED;
      throw new Problem(error.message, { fix: error.fix, exitCode, cause: error });
    }
    if (error instanceof AwsError) {
      const fix = UNSIGNED.has(error.code)
        ? 'set JULES_ACCESS_KEY and JULES_SECRET_KEY as for the endpoint, or neither where it has its own key'
        : './jules secrets list shows what there is';
      throw new Problem(`${error.code}: ${error.message}`, { fix, exitCode: EXIT_FAILED, cause: error });
    }
    throw error;
  }
}

async function remote(url: string, places: VaultPlaces, { env }: CliContext): Promise<Call> {
  const key = accessKeyFrom(env) ?? (await storedAccessKey(places.accessKey, diskFileSystem()));
  if (key === null) {
    throw new Problem(`the endpoint at ${url} asks for a signature, and no key is known`, {
      fix: 'set JULES_ACCESS_KEY and JULES_SECRET_KEY as for the endpoint',
      exitCode: EXIT_USAGE,
    });
  }
  return (target, input) => callEndpoint({ url, key, region: LOCAL_REGION, target, input });
}

async function local<Result>(
  places: VaultPlaces,
  options: VaultOptions,
  context: CliContext,
  work: (call: Call) => Promise<Result>,
): Promise<Result> {
  const opened = await openForCli(places, options, context);
  const service = createSecretsService({
    ...opened,
    clock: systemClock(),
    logger: createLogger({ name: 'secrets', level: 'warn' }),
    invoker: null,
    region: LOCAL_REGION,
    accountId: LOCAL_REALM.accountId,
  });
  try {
    return await work((target, input) => service.perform(target, input, ACTOR));
  } finally {
    await opened.close();
  }
}

function passphraseProblem(path: string, wrong: string, cause?: unknown): Problem {
  return new Problem(`--passphrase-file: '${path}' ${wrong}`, {
    fix: 'name a file whose first line is the passphrase',
    exitCode: EXIT_USAGE,
    cause,
  });
}
