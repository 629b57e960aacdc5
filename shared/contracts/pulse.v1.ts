/**
 * pulse.v1: gateway → risk, every 30 s on a live clock: feed and runner state, so that risk notices what a silent
 * market hides. At any other pace one is sent at the start, which ends what an earlier start has noticed; the core evaluates
 * the limits at each minute's close.
 */

import * as z from 'zod';
import { EPOCH_MS, eventContract } from './envelope.ts';
import { minuteAddress } from './shared-fields.ts';

const data = z.strictObject({
  ...minuteAddress,
  sequence: z.int().min(0),
  sentAtMs: EPOCH_MS,
  /** Age of the newest bar by the gateway's clock. */
  feedAgeMs: z.number().min(0),
  /** Of how long the next bar has been waited for: a minute that waits for its decision is no silence of the feed. */
  feedState: z.enum(['live', 'stale', 'dead', 'backup']),
  runnerState: z.enum(['up', 'down']),
});

export type PulseData = z.infer<typeof data>;
export const pulseV1 = eventContract('pulse', 1, data);
