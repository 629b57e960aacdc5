/**
 * The largest fall in per cent and in dollars, against looking at every pair of values.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxDrawdown, maxDrawdownUsdE4 } from '../../../../../shared/domain/metrics/drawdown.ts';

describe('the largest drawdown', () => {
  it('counts the start as a peak', () => {
    expect(maxDrawdown([-0.1, 0.5])).toBeCloseTo(0.1, 12);
    expect(maxDrawdownUsdE4([25_000_000, 24_500_000, 26_000_000])).toBe(500_000);
  });

  it('is zero while equity only rises', () => {
    expect(maxDrawdown([0.01, 0, 0.02])).toBe(0);
    expect(maxDrawdownUsdE4([1, 2, 2, 3])).toBe(0);
    expect(maxDrawdownUsdE4([])).toBe(0);
  });

  it('is measured from the peak before it, not from the start', () => {
    expect(maxDrawdown([0.5, -0.2, -0.25, 1])).toBeCloseTo(0.4, 12);
  });

  it('is the largest fall between any earlier and any later value', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1_000_000, max: 50_000_000 }), { maxLength: 40 }), (equityE4) => {
        const falls = equityE4.flatMap((peak, i) => equityE4.slice(i).map((later) => peak - later));
        expect(maxDrawdownUsdE4(equityE4)).toBe(Math.max(0, ...falls));
      }),
    );
  });
});
