/**
 * One price: what, for how much, who says so and since when.
 *
 * A price without a source is refused. A date may be a year or a month, or null where the source states none; the age
 * is counted from the earliest day that it can mean, and what has no date is stale.
 */

import * as z from 'zod';

const PRICE_AGE_DAYS_MAX = 90;
export const USD_MAX = 1_000_000;
const DAY_MS = 86_400_000;
const PICO_PER_USD = 1e12;

const text = z.string().trim().min(1).max(200);

const priceRowSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$/),
  service: text,
  item: text,
  unit: text,
  usd: z.number().positive().max(USD_MAX),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$|^global$/),
  source: text,
  capturedOn: z
    .string()
    .regex(/^\d{4}(-\d{2}(-\d{2})?)?$/)
    .refine(isDate, 'is not a date')
    .nullable(),
  /** documented: the seller's own page; weak: somebody else repeats it. */
  quality: z.enum(['documented', 'weak']),
});

/** A price as the model uses it; `given` is what a person said it is. */
export type Price = Omit<z.infer<typeof priceRowSchema>, 'quality'> & { quality: 'documented' | 'weak' | 'given' };

/** Throws TypeError naming file and field of a row that is not complete, or an id that is there twice in a region. */
export function parsePrices(name: string, rows: unknown): Price[] {
  const result = z.array(priceRowSchema).min(1).safeParse(rows);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new TypeError(`stacks/pricing/${name}.json: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const keys = result.data.map(({ id, region }) => `${id} in ${region}`);
  const repeated = keys.find((key, at) => keys.indexOf(key) !== at);
  if (repeated !== undefined) throw new TypeError(`stacks/pricing/${name}.json: ${repeated} is there twice`);
  return result.data;
}

/** Whole days since the price was seen; null where nobody says when. */
export function priceAgeDays({ capturedOn }: Pick<Price, 'capturedOn'>, nowMs: number): number | null {
  return capturedOn === null ? null : Math.floor((nowMs - Date.parse(capturedOn)) / DAY_MS);
}

export function isStale(price: Pick<Price, 'capturedOn'>, nowMs: number): boolean {
  const ageDays = priceAgeDays(price, nowMs);
  return ageDays === null || ageDays > PRICE_AGE_DAYS_MAX;
}

/** 1e-12 USD as an integer, so that a month is added up without rounding on the way. */
export function usdPico(usd: number): bigint {
  return BigInt(Math.round(usd * PICO_PER_USD));
}

function isDate(value: string): boolean {
  const ms = Date.parse(value);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(value);
}
