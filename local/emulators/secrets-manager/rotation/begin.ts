/**
 * The first half of a rotation: a version without a value carries AWSPENDING, and the secret remembers that it is
 * being rotated. What a crash leaves is tried again.
 */

import type { Rotation, SecretRecord, SecretVersion } from '../../../vault/store/records.ts';
import { attach, CURRENT, holderOf, PENDING } from '../stages.ts';
import { nextWindowMs } from './schedule.ts';

export function withPendingVersion(secret: SecretRecord, versionId: string, nowMs: number): SecretRecord {
  const known = secret.versions.some(({ id }) => id === versionId);
  const fresh: SecretVersion = { id: versionId, createdMs: nowMs, accessedDayMs: null, stages: [] };
  const versions = attach(known ? secret.versions : [...secret.versions, fresh], versionId, [PENDING]);
  return { ...secret, versions };
}

/** Due at once, and again until it has succeeded or was given up. */
export function begun(
  rotation: Rotation,
  { versionId, isAsked }: { readonly versionId: string; readonly isAsked: boolean },
  nowMs: number,
): Rotation {
  return { ...rotation, pending: { versionId, attempts: 0, failure: null, retryMs: nowMs, isAsked } };
}

/** The version of a rotation that has not come to its end: AWSPENDING, and not on the current version. */
export function unfinishedVersion(secret: SecretRecord): SecretVersion | null {
  const pending = holderOf(secret.versions, PENDING);
  return pending === null || pending.stages.includes(CURRENT) ? null : pending;
}

export function finished(rotation: Rotation, nowMs: number): Rotation {
  return { ...rotation, lastMs: nowMs, nextMs: nextWindowMs(rotation.rules, nowMs), pending: null };
}

/** A value put by hand counts as a rotation where days are counted from the last one. */
export function afterManualChange(secret: SecretRecord, nowMs: number): SecretRecord {
  const { rotation } = secret;
  if (rotation?.rules.automaticallyAfterDays === undefined || !rotation.enabled) return secret;
  return { ...secret, rotation: { ...rotation, nextMs: nextWindowMs(rotation.rules, nowMs) } };
}
