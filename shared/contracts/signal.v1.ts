/**
 * signal.v1: signal → risk. What the policy wants of each symbol, sized, with what it was decided on.
 */

import * as z from 'zod';
import { eventContract, PRICE_E4, QUANTITY, SYMBOL } from './envelope.ts';
import { brokerReport, minuteAddress } from './shared-fields.ts';

const symbolSignalSchema = z.strictObject({
  symbol: SYMBOL,
  /** False: the minute has no good bar; nothing may be entered and the mark is carried. */
  present: z.boolean(),
  /** Close of the minute, or of the last good bar; 0 before the first. */
  markE4: PRICE_E4,
  faults: z.int().min(0),
  action: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  /** Shares of a full long entry at the collar price, 0 unless an entry is wanted. */
  entryQuantity: QUANTITY,
  limitPriceE4: PRICE_E4,
  /** True: correlation with a held or wanted symbol took 30 % off. */
  correlated: z.boolean(),
});

export type SymbolSignal = z.infer<typeof symbolSignalSchema>;

const data = z.strictObject({
  ...minuteAddress,
  policy: z.string().min(1).max(80),
  ready: z.boolean(),
  /** Row-major [symbols x 11 features, then one position per symbol]. */
  observation: z.array(z.number()).max(8_000),
  signals: z.array(symbolSignalSchema).min(1).max(500),
  ...brokerReport,
});

export type SignalData = z.infer<typeof data>;
export const signalV1 = eventContract('signal', 1, data);
