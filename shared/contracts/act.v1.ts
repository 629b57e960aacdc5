/**
 * POST /v1/act: signal → gpu-runner. A batch of policy inputs in, one action per symbol and input out.
 */

import * as z from 'zod';
import { MINUTE_INDEX, SESSION_DATE, SESSION_MINUTES, SYMBOL } from './envelope.ts';

const policyInputSchema = z.strictObject({
  session: SESSION_DATE,
  minuteIndex: MINUTE_INDEX,
  minutes: SESSION_MINUTES,
  seed: z.int().min(0).max(0xffff_ffff),
  symbols: z.array(SYMBOL).min(1).max(500).readonly(),
  /** Per symbol the last present closes of the session, oldest first, at most 30; 1e-4 USD. */
  closesE4: z
    .array(z.array(z.int().min(1)).max(30).readonly())
    .min(1)
    .max(500)
    .readonly(),
  /** Row-major [symbols x 11 features, then one position per symbol]. */
  observation: z.array(z.number()).max(8_000).readonly(),
  ready: z.boolean(),
  /** Shares held per symbol. */
  positions: z.array(z.int()).min(1).max(500).readonly(),
});

export type ActInput = z.infer<typeof policyInputSchema>;

export const actRequestSchema = z.strictObject({
  policy: z.string().min(1).max(80),
  featureSchemaHash: z.string().regex(/^[0-9a-f]{64}$/),
  inputs: z.array(policyInputSchema).min(1).max(64),
});
export type ActRequest = z.infer<typeof actRequestSchema>;

export const actResponseSchema = z.strictObject({
  policy: z.string(),
  actions: z.array(z.array(z.union([z.literal(0), z.literal(1), z.literal(2)]))).min(1),
});
export type ActResponse = z.infer<typeof actResponseSchema>;
