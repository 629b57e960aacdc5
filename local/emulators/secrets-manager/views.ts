/**
 * Secrets as AWS shows them: members without a value are left out, times are seconds since 1970.
 */

import type { Rotation, SecretRecord } from '../../vault/store/records.ts';
import { stagesById } from './stages.ts';
import { windowEndMs } from './rotation/schedule.ts';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

export function seconds(ms: number): number {
  return ms / SECOND_MS;
}

/** Reads are remembered by day. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

export function nameOf({ arn, name }: SecretRecord) {
  return { ARN: arn, Name: name };
}

/** What DescribeSecret and ListSecrets have in common. */
export function describe(secret: SecretRecord) {
  return {
    ...nameOf(secret),
    ...present({
      Description: secret.description || null,
      KmsKeyId: secret.kmsKeyId || null,
      LastChangedDate: seconds(secret.changedMs),
      LastAccessedDate: inSeconds(secret.accessedDayMs),
      DeletedDate: inSeconds(secret.deletionMs),
      CreatedDate: seconds(secret.createdMs),
    }),
    ...(secret.rotation === null ? {} : describeRotation(secret.rotation)),
    ...(secret.tags.length === 0 ? {} : { Tags: secret.tags.map(({ key, value }) => ({ Key: key, Value: value })) }),
  };
}

/** Null where no version carries a label. */
export function stagesOrNull(secret: SecretRecord): Record<string, readonly string[]> | null {
  const stages = stagesById(secret);
  return Object.keys(stages).length === 0 ? null : stages;
}

export function present<Members extends object>(members: Members): Partial<Members> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null)) as Partial<Members>;
}

function describeRotation(rotation: Rotation) {
  const { automaticallyAfterDays, scheduleExpression, duration } = rotation.rules;
  return present({
    RotationEnabled: rotation.enabled,
    RotationLambdaARN: rotation.functionArn,
    RotationRules: present({
      AutomaticallyAfterDays: automaticallyAfterDays ?? null,
      ScheduleExpression: scheduleExpression ?? null,
      Duration: duration ?? null,
    }),
    LastRotatedDate: inSeconds(rotation.lastMs),
    NextRotationDate: rotation.enabled ? inSeconds(windowEndMs(rotation)) : null,
  });
}

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : seconds(ms);
}
