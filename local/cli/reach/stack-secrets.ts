/**
 * The secrets of a data folder for a command: those of the stack that runs there, or out of the vault, which is opened
 * for this and closed again.
 *
 * Throws Problem.
 */

import { existsSync } from 'node:fs';
import { createLogger, parseLogLevel } from '../../../shared/adapters/system/logger.ts';
import { SecretAccessError, type Secrets, type SecretValue } from '../../../shared/ports/secrets.ts';
import { readAccessKey } from '../../../shared/runtime/access-key-file.ts';
import { databasePlace, urlOf } from '../../../shared/runtime/addresses.ts';
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import { serviceToken } from '../../../shared/runtime/with-secret.ts';
import { SECRETS } from '../../../shared/topology.ts';
import { LOGIN_SECRETS } from '../../database/connect.ts';
import { createSecretsService } from '../../emulators/secrets-manager/service.ts';
import { LOCAL_REALM } from '../../vault/realm.ts';
import { endpointCalls } from '../../vault/stack/endpoint-calls.ts';
import { localSecrets } from '../../vault/stack/local-secrets.ts';
import { openStackVault } from '../../vault/stack/open-stack-vault.ts';
import { vaultPlaces } from '../../vault/store/places.ts';
import { findHolder } from '../../stack/lock.ts';
import { EXIT_DEPENDENCY_DOWN, messageOf, Problem } from '../../problem.ts';
import { lastStackFile } from '../../stack/stack-store.ts';
import type { CliContext } from '../context.ts';
import { asProblem } from '../commands/secrets/vault.ts';

const ACTOR = 'cli';

/** Of the stack that runs on the folder; one whose secrets are being started again is waited for. */
export function secretsOfStack(dataDir: string, env: CliContext['env'] = {}): Secrets {
  const port = lastStackFile(dataDir)?.ports.secrets ?? 0;
  return secretsAt(urlOf(env, 'AWS_ENDPOINT_URL_SECRETS_MANAGER', port), dataDir);
}

/** The token for the page's routes that change state. */
export async function pageTokenOf(dataDir: string): Promise<string> {
  try {
    return await serviceToken({ secrets: secretsOfStack(dataDir), name: SECRETS.pageToken.name }).current();
  } catch (cause) {
    throw new Problem(`the token of the page cannot be read: ${messageOf(cause)}`, {
      fix: './jules status shows which part is down',
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  }
}

/** The logins of a database that no stack runs on; `port` is where it is about to be started. */
export async function loginsOf(
  { dataDir, port }: { readonly dataDir: string; readonly port: number },
  context: CliContext,
): Promise<Secrets> {
  const { vaultDir } = vaultPlaces(dataDir);
  const holder = existsSync(vaultDir) ? await findHolder(vaultDir) : null;
  if (holder?.url) return secretsAt(holder.url, dataDir);
  return asProblem(async () => heldSecrets(await readLogins({ dataDir, port }, context)));
}

function secretsAt(url: string, dataDir: string): Secrets {
  try {
    return localSecrets(endpointCalls({ url, key: readAccessKey(dataDir) }));
  } catch (cause) {
    throw new Problem(messageOf(cause), { fix: 'try again in a moment', exitCode: EXIT_DEPENDENCY_DOWN, cause });
  }
}

async function readLogins(
  { dataDir, port }: { readonly dataDir: string; readonly port: number },
  { env }: CliContext,
): Promise<readonly SecretValue[]> {
  const logger = createLogger({ name: 'secrets', level: parseLogLevel(env['JULES_LOG'] ?? 'warn') });
  const opened = await openStackVault({ dataDir, at: databasePlace(env, port), logger });
  try {
    const service = createSecretsService({ ...opened, ...LOCAL_REALM, clock: systemClock(), logger, invoker: null });
    const secrets = localSecrets((target, input) => service.perform(target, input, ACTOR));
    return await Promise.all(Object.values(LOGIN_SECRETS).map((name) => secrets.get(name)));
  } finally {
    await opened.close();
  }
}

/** Nothing rotates while nobody has the vault. */
function heldSecrets(values: readonly SecretValue[]): Secrets {
  const get = async (name: string): Promise<SecretValue> => {
    const value = values.find((each) => each.name === name);
    if (value !== undefined) return value;
    throw new SecretAccessError('was not read', { code: 'SECRET_NOT_FOUND', secretName: name, retryable: false });
  };
  return { get, refetch: get };
}
