/**
 * The envelope every message travels in. Ids derive from content, so a repeat is recognised as one.
 *
 * `stamps` holds wall-clock milliseconds by stage for latency reports; nothing decides on them.
 */

import * as z from 'zod';

export const SESSION_DATE = z.int().min(20_100_101).max(20_281_231);
export const MINUTE_INDEX = z.int().min(0).max(389);
export const SESSION_MINUTES = z.int().min(1).max(390);
export const EPOCH_MS = z.int().min(0);
export const PRICE_E4 = z.int().min(0);
export const MONEY_E4 = z.int();
export const QUANTITY = z.int().min(0);
export const SYMBOL = z.string().regex(/^[A-Z][A-Z0-9.-]{0,11}$/);
export const RUN_ID = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/);

const STAMPS = z.record(z.string().max(24), z.number());
export type Stamps = Readonly<Record<string, number>>;

/** One schema for one event and version. */
export interface EventContract<Data> {
  readonly type: string;
  readonly version: number;
  readonly schema: z.ZodType<Envelope<Data>>;
}

export interface Envelope<Data> {
  readonly type: string;
  readonly version: number;
  readonly id: string;
  readonly runId: string;
  readonly occurredAt: number;
  readonly traceparent: string;
  readonly stamps: Stamps;
  readonly data: Data;
}

export function eventContract<Schema extends z.ZodType>(
  type: string,
  version: number,
  data: Schema,
): EventContract<z.infer<Schema>> {
  const schema = z.strictObject({
    type: z.literal(type),
    version: z.literal(version),
    id: z.string().min(1).max(200),
    runId: RUN_ID,
    occurredAt: EPOCH_MS,
    traceparent: z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/),
    stamps: STAMPS,
    data,
  });
  return { type, version, schema: schema as unknown as z.ZodType<Envelope<z.infer<Schema>>> };
}
