/**
 * Puts the secrets that a stack needs into its vault, where they are not there yet, and turns their rotation on.
 *
 * All of them in one change, so a crash leaves all or none.
 */

import { randomUUID } from 'node:crypto';
import { ROTATION_SCHEDULE, type SecretKey, SECRETS } from '../../../shared/topology.ts';
import type { HostAndPort } from '../../../shared/runtime/addresses.ts';
import { newArn } from '../../emulators/secrets-manager/find-secret.ts';
import { nextWindowMs } from '../../emulators/secrets-manager/rotation/schedule.ts';
import { CURRENT } from '../../emulators/secrets-manager/stages.ts';
import { LOCAL_REALM, rotationFunctionArn } from '../realm.ts';
import type { LockedVault } from '../store/locked-vault.ts';
import type { SecretRecord } from '../store/records.ts';
import { firstValues, type SeededKey } from './first-values.ts';

/** Who made them, for the audit log. */
const ACTOR = 'first-start';

export interface SeedOptions {
  readonly opened: Pick<LockedVault, 'vault' | 'journal'>;
  /** Where the database is. */
  readonly at: HostAndPort;
  readonly nowMs: number;
}

/** Throws VaultError. */
export async function seedSecrets({ opened, at, nowMs }: SeedOptions): Promise<void> {
  const { vault, journal } = opened;
  const generation = Math.max(...vault.state.generations.keys());
  const values = Object.entries(firstValues({ at, generation })) as [SeededKey, object][];
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
  for (const { secret } of added) {
    const about = { secret: secret.name, versionId: secret.versions[0]?.id ?? null };
    await journal.record({
      atMs: nowMs,
      kind: 'change',
      operation: 'CreateSecret',
      actor: ACTOR,
      ...about,
      outcome: 'ok',
    });
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
