/**
 * How the rotation of each secret stands, for our own status operation.
 */

import { readCredential } from '../../../../shared/contracts/credentials.v1.ts';
import type { RotationState } from '../../../../shared/domain/secrets/rotation-notices.ts';
import type { Rotation, SecretRecord } from '../../../vault/store/records.ts';
import type { Vault } from '../../../vault/store/vault.ts';
import { CURRENT, holderOf } from '../stages.ts';
import type { RotationDriver } from './driver.ts';
import { windowEndMs } from './schedule.ts';

/** Of secrets that have been set up for rotation. Throws VaultError ALTERED. */
export function rotationStates(vault: Vault, rotations: Pick<RotationDriver, 'isRunning'>): RotationState[] {
  return [...vault.state.secrets.values()].flatMap((secret): RotationState[] => {
    const { name, rotation, deletionMs } = secret;
    if (rotation === null || deletionMs !== null) return [];
    const { enabled, lastMs, nextMs, pending } = rotation;
    return [
      {
        name,
        isEnabled: enabled,
        lastMs,
        nextMs,
        nextEndMs: windowEndMs(rotation),
        isRunning: rotations.isRunning(name),
        pending: pending && shown(pending),
        dueMs: dueMs(secret, vault),
      },
    ];
  });
}

function shown({ versionId, attempts, failure, retryMs }: NonNullable<Rotation['pending']>) {
  return { versionId, attempts, failure, retryMs };
}

/** The operator's deadline lies in the value itself, beside the credential. */
function dueMs({ name, versions }: SecretRecord, vault: Vault): number | null {
  const current = holderOf(versions, CURRENT);
  const value = current === null ? null : vault.read(name, current.id);
  if (value === null) return null;
  const credential = value.kind === 'string' ? readCredential(value.bytes.toString('utf8')) : null;
  value.bytes.fill(0);
  return credential?.kind === 'broker_api_key' ? credential.renewByMs : null;
}
