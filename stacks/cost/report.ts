/**
 * What the model answers, as a schema: `./jules cost --json` prints it and a scaling proposal quotes it.
 *
 * Money is in whole millionths of a dollar, so that the lines add up to the total exactly.
 */

import * as z from 'zod';
import { ASSUMPTION_NAMES } from './assumptions.ts';
import { GROUPS } from './items.ts';
import { GPU_NAMES, NETWORK_NAMES, PROFILE_NAMES } from './profiles.ts';
import { rangeSchema } from './range.ts';

const usdMicro = z.int().min(0);
const usdMicroRange = z.strictObject({ low: usdMicro, mid: usdMicro, high: usdMicro });

const itemSchema = z.strictObject({
  id: z.string(),
  group: z.enum(GROUPS),
  label: z.string(),
  unit: z.string(),
  quantity: rangeSchema,
  usdMicro: usdMicroRange,
  price: z.strictObject({
    id: z.string(),
    usd: z.number(),
    source: z.string(),
    capturedOn: z.string().nullable(),
    quality: z.enum(['documented', 'weak', 'given']),
    ageDays: z.int().nullable(),
    isStale: z.boolean(),
  }),
});

const unpricedSchema = z.strictObject({
  id: z.string(),
  group: z.enum(GROUPS),
  label: z.string(),
  unit: z.string(),
  priceId: z.string(),
  /** Null where an assumption is missing. */
  quantity: rangeSchema.nullable(),
  /** Assumptions without a known value. */
  unknown: z.array(z.enum(ASSUMPTION_NAMES)),
  hasPrice: z.boolean(),
  reason: z.string(),
});

const sensitivitySchema = z.strictObject({
  id: z.string(),
  label: z.string(),
  /** The item's own range, or half as much and half again where it has none. */
  by: z.enum(['own range', '±50 %']),
  totalUsdMicro: z.strictObject({ low: usdMicro, high: usdMicro }),
});

export const costReportSchema = z.strictObject({
  schema: z.literal('cost.v1'),
  asOf: z.iso.date(),
  profile: z.enum(PROFILE_NAMES),
  region: z.string(),
  month: z.strictObject({
    name: z.string(),
    days: z.int(),
    hours: z.int(),
    sessions: z.int(),
    sessionMinutes: z.int(),
  }),
  choices: z.strictObject({
    symbols: z.int(),
    gpu: z.enum(GPU_NAMES),
    network: z.enum(NETWORK_NAMES),
    multiAz: z.boolean(),
    runnerHours: z.number().nullable(),
  }),
  items: z.array(itemSchema),
  unpriced: z.array(unpricedSchema),
  /** Of the priced items; null where none has a price. */
  totalUsdMicro: usdMicroRange.nullable(),
  sensitivity: z.array(sensitivitySchema).max(3),
  /** The network either way; null off AWS, or where a price is missing. */
  networkUsdMicro: z.strictObject({ nat: usdMicroRange, endpoints: usdMicroRange }).nullable(),
  assumptions: z.array(
    z.strictObject({
      name: z.enum(ASSUMPTION_NAMES),
      unit: z.string(),
      range: rangeSchema.nullable(),
      isGiven: z.boolean(),
      why: z.string(),
    }),
  ),
  stalePrices: z.array(z.string()),
  /** What of the topology nobody has stated a rate for. */
  notCounted: z.array(z.string()),
});

export type CostReport = z.infer<typeof costReportSchema>;
export type CostItem = z.infer<typeof itemSchema>;
export type UnpricedItem = z.infer<typeof unpricedSchema>;
