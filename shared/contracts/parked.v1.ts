/**
 * parked.v1: gateway → risk. Every copy of a minute's message was parked in quarantine, so risk decides without one.
 *
 * Holds what the gateway knows for itself: which minute, what the broker reported in it, and the closes of its good
 * bars, so that positions, orders and marks stay right although nothing may be entered.
 */

import * as z from 'zod';
import { eventContract, PRICE_E4, SYMBOL } from './envelope.ts';
import { brokerReport, minuteAddress } from './shared-fields.ts';

const data = z.strictObject({
  ...minuteAddress,
  /** Where and why the last copy was parked, for people. */
  parkedIn: z.string().max(80),
  reason: z.string().max(400),
  closes: z.array(z.strictObject({ symbol: SYMBOL, closeE4: PRICE_E4.min(1) })).max(500),
  ...brokerReport,
});

export type ParkedData = z.infer<typeof data>;
export const parkedV1 = eventContract('parked', 1, data);
