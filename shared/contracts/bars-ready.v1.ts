/**
 * bars-ready.v1: ingest → signal. The minute after quality: good bars only, with the volume that may be believed.
 */

import * as z from 'zod';
import { eventContract, PRICE_E4, SYMBOL } from './envelope.ts';
import { brokerReport, minuteAddress } from './shared-fields.ts';

export const cleanBarSchema = z.discriminatedUnion('present', [
  z.strictObject({ symbol: SYMBOL, present: z.literal(false), faults: z.int().min(0) }),
  z.strictObject({
    symbol: SYMBOL,
    present: z.literal(true),
    openE4: PRICE_E4.min(1),
    highE4: PRICE_E4.min(1),
    lowE4: PRICE_E4.min(1),
    closeE4: PRICE_E4.min(1),
    fillableVolume: z.int().min(0),
    faults: z.int().min(0),
  }),
]);
export type CleanBar = z.infer<typeof cleanBarSchema>;

const data = z.strictObject({
  ...minuteAddress,
  feed: z.string().min(1).max(40),
  bars: z.array(cleanBarSchema).min(1).max(500),
  ...brokerReport,
});

export type BarsReadyData = z.infer<typeof data>;
export const barsReadyV1 = eventContract('bars-ready', 1, data);
