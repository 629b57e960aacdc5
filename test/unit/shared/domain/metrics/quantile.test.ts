/**
 * The quantile against numpy, and what holds for every series.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantileType7 } from '../../../../../shared/domain/metrics/quantile.ts';

describe('the quantile', () => {
  it.each([
    [[10, 20, 30, 40], 0.5, 25],
    [[10, 20, 30, 40], 0.05, 11.5],
    [[10, 20, 30, 40], 0, 10],
    [[10, 20, 30, 40], 1, 40],
    [[7], 0.05, 7],
  ])('of %j at %d is %d, as in numpy', (sorted, fraction, value) => {
    expect(quantileType7(sorted, fraction)).toBeCloseTo(value, 12);
  });

  it('lies within the values and never falls as the fraction grows', () => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fraction, fraction, (values, one, other) => {
        const sorted = values.toSorted((a, b) => a - b);
        const low = quantileType7(sorted, Math.min(one, other));
        const high = quantileType7(sorted, Math.max(one, other));
        const rounding = 1e-9 * Math.max(1, Math.abs(sorted[0]!), Math.abs(sorted.at(-1)!));
        expect(low).toBeLessThanOrEqual(high + rounding);
        expect(low).toBeGreaterThanOrEqual(sorted[0]! - rounding);
        expect(high).toBeLessThanOrEqual(sorted.at(-1)! + rounding);
      }),
    );
  });
});
