/**
 * What a measurement is: a figure with its unit, how often it was taken, its budget, and whether that was met.
 */

export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Range over the runs. */
  readonly min: number;
  readonly max: number;
  readonly runs: number;
  readonly budget: { readonly limit: number; readonly kind: 'at most' | 'at least' } | null;
  readonly met: boolean | null;
}

type Budget = Measurement['budget'];

/** The median of the runs stands for them. */
export function measurement(name: string, unit: string, values: readonly number[], budget: Budget = null): Measurement {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const met = budget === null ? null : budget.kind === 'at most' ? value <= budget.limit : value >= budget.limit;
  return { name, value, unit, min: sorted[0] ?? value, max: sorted.at(-1) ?? value, runs: sorted.length, budget, met };
}

export const atMost = (limit: number): Budget => ({ limit, kind: 'at most' });
export const atLeast = (limit: number): Budget => ({ limit, kind: 'at least' });

/** Milliseconds that `work` takes. */
export async function timed(work: () => unknown): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
