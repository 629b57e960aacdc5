/**
 * The event that Secrets Manager sends to a rotation function, once per step.
 */

import * as z from 'zod';

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type RotationStep = (typeof STEPS)[number];

/** Why a rotation does not go on, in our own functions. Each error message begins with its code, which is all that is kept. */
const FAILURES = [
  'ROTATION_DISABLED',
  'VERSION_UNKNOWN',
  'VERSION_NOT_PENDING',
  'NO_CURRENT_VALUE',
  'NO_PENDING_VALUE',
  'VALUE_INVALID',
  'TARGET_CHANGED',
  'TEST_FAILED',
  'OVERLAP_OPEN',
  'OPERATOR_PENDING',
  'OPERATOR_OVERDUE',
  'KEYS_MANAGED_ELSEWHERE',
] as const;
export type RotationFailure = (typeof FAILURES)[number];

export function isRotationFailure(code: string): code is RotationFailure {
  return FAILURES.some((known) => known === code);
}

/** AWS adds fields as it pleases; those that we do not read are left out. */
const rotationEventSchema = z.object({
  SecretId: z.string().min(1).max(2_048),
  ClientRequestToken: z.string().min(32).max(64),
  Step: z.enum(STEPS),
});

export type RotationEvent = Readonly<z.infer<typeof rotationEventSchema>>;

/** Throws ZodError, which names the field. */
export function readRotationEvent(event: unknown): RotationEvent {
  return rotationEventSchema.parse(event);
}
