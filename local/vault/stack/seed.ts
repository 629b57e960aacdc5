/**
 * Puts the secrets that a stack needs into its vault, where they are not there yet, and turns their rotation on.
 *
 * All of them in one change, so a crash leaves all or none. A folder from before the vault is taken over: its values go
 * into the vault, are read back, and only then its file goes. Whatever a crash leaves, the next start goes on with it.
 */

import { randomUUID } from 'node:crypto';
import type { Logger } from '../../../shared/ports/logger.ts';
import { ROTATION_SCHEDULE, type SecretKey, SECRETS } from '../../../shared/topology.ts';
import type { HostAndPort } from '../../../shared/runtime/addresses.ts';
import { newArn } from '../../emulators/secrets-manager/find-secret.ts';
import { nextWindowMs } from '../../emulators/secrets-manager/rotation/schedule.ts';
import { CURRENT } from '../../emulators/secrets-manager/stages.ts';
import { LOCAL_REALM, rotationFunctionArn } from '../realm.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { LockedVault } from '../store/locked-vault.ts';
import type { SecretRecord } from '../store/records.ts';
import type { Vault } from '../store/vault.ts';
import { firstValues, type SeededKey } from './first-values.ts';
import {
  type OldCredentials,
  oldCredentialsPath,
  readOldCredentials,
  removeOldCredentials,
} from './old-credentials.ts';

export interface SeedOptions {
  readonly opened: Pick<LockedVault, 'vault' | 'journal'>;
  readonly dataDir: string;
  /** Where the database is. */
  readonly at: HostAndPort;
  readonly files: FileSystem;
  readonly logger: Logger;
  readonly nowMs: number;
}

/** Throws VaultError. */
export async function seedSecrets(options: SeedOptions): Promise<void> {
  const old = readOldCredentials(options.dataDir);
  await addMissing(options, old);
  if (old !== null) await finishTakeover(options, old);
}

async function addMissing({ opened, at, nowMs }: SeedOptions, old: OldCredentials | null): Promise<void> {
  const { vault, journal } = opened;
  const generation = Math.max(...vault.state.generations.keys());
  const values = Object.entries(firstValues({ at, generation, old })) as [SeededKey, object][];
  const missing = values.filter(([key]) => !vault.state.secrets.has(SECRETS[key].name));
  if (missing.length === 0) return;
  const added = missing.map(([key, value]) => ({ secret: newSecret(key, nowMs), value }));
  await vault.transact((transaction) => {
    for (const { secret, value } of added) {
      const bytes = Buffer.from(JSON.stringify(value), 'utf8');
      transaction.put(secret);
      transaction.putValue(secret.name, secret.versions[0]?.id ?? '', { kind: 'string', bytes });
      bytes.fill(0);
    }
  });
  const actor = old === null ? 'first-start' : 'takeover';
  for (const { secret } of added) {
    const about = { secret: secret.name, versionId: secret.versions[0]?.id ?? null };
    await journal.record({ atMs: nowMs, kind: 'change', operation: 'CreateSecret', actor, ...about, outcome: 'ok' });
  }
}

/** The first window is the next one of the schedule: nothing rotates while the stack comes up. */
function newSecret(key: SecretKey, nowMs: number): SecretRecord {
  const { name } = SECRETS[key];
  const rules = { scheduleExpression: ROTATION_SCHEDULE.expression, duration: ROTATION_SCHEDULE.duration };
  return {
    name,
    arn: newArn(name, LOCAL_REALM),
    createdMs: nowMs,
    changedMs: nowMs,
    accessedDayMs: null,
    description: null,
    kmsKeyId: null,
    tags: [],
    policy: null,
    deletionMs: null,
    rotation: {
      enabled: true,
      functionArn: rotationFunctionArn(LOCAL_REALM),
      rules,
      lastMs: null,
      nextMs: nextWindowMs(rules, nowMs),
      pending: null,
    },
    versions: [{ id: randomUUID(), createdMs: nowMs, accessedDayMs: null, stages: [CURRENT] }],
  };
}

const TAKEN_OVER = [
  ['databaseAdmin', 'superuser'],
  ['databaseOwner', 'owner'],
  ['databaseApp', 'app'],
  ['databaseReader', 'reader'],
] as const;

/** The file goes only when the vault gives back what it held. */
async function finishTakeover({ opened, dataDir, files, logger }: SeedOptions, old: OldCredentials): Promise<void> {
  const lacking = TAKEN_OVER.filter(([key, field]) => !holds(opened.vault, SECRETS[key].name, old[field]));
  if (lacking.length === 0) {
    await removeOldCredentials(dataDir, files);
    return logger.info({ dataDir }, 'the credentials are in the vault now, and credentials.json is gone');
  }
  const path = oldCredentialsPath(dataDir);
  const secrets = lacking.map(([key]) => SECRETS[key].name);
  logger.warn({ path, secrets }, 'left as it is: the vault holds other values for these secrets and is used');
}

/** In any version. */
function holds(vault: Vault, name: string, password: string): boolean {
  const versions = vault.state.secrets.get(name)?.versions ?? [];
  return versions.some(({ id }) => {
    const value = vault.read(name, id);
    const text = value?.bytes.toString('utf8') ?? '{}';
    value?.bytes.fill(0);
    return (JSON.parse(text) as { password?: unknown }).password === password;
  });
}
