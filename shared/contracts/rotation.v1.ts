/**
 * The event that Secrets Manager sends to a rotation function, once per step.
 */

import { z } from 'zod';

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type RotationStep = (typeof STEPS)[number];

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
