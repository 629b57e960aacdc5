/**
 * Low, mid and high of one thing.
 */

import * as z from 'zod';

export const CASES = ['low', 'mid', 'high'] as const;
export type Case = (typeof CASES)[number];
export type Range = Readonly<Record<Case, number>>;

export const rangeSchema = z.strictObject({ low: z.number(), mid: z.number(), high: z.number() });

export function rangeOf(valueIn: (which: Case) => number): Range {
  return { low: valueIn('low'), mid: valueIn('mid'), high: valueIn('high') };
}
