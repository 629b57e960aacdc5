/**
 * The normal distribution against scipy.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NORMAL_QUANTILE_5, normalCdf } from '../../../../../shared/domain/metrics/normal.ts';

describe('the normal distribution', () => {
  // Values of scipy.stats.norm.cdf 1.17.1.
  it.each([
    [-10, 7.61985302416047e-24],
    [-5, 2.866515718791933e-7],
    [-3.1, 9.676032132183563e-4],
    [-3, 1.3498980316300933e-3],
    [-2.9, 1.8658133003840375e-3],
    [-1, 0.15865525393145707],
    [0, 0.5],
    [0.3, 0.6179114221889526],
    [2, 0.9772498680518208],
    [6, 0.9999999990134123],
    [40, 1],
  ])('has the probability of scipy below %d', (x, probability) => {
    expect(Math.abs(normalCdf(x) - probability)).toBeLessThanOrEqual(1e-10 * probability);
  });

  it('has 5 % below its quantile', () => {
    expect(normalCdf(NORMAL_QUANTILE_5)).toBeCloseTo(0.05, 14);
  });

  it('is symmetric and never falls', () => {
    const x = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(x, x, (one, other) => {
        expect(normalCdf(one) + normalCdf(-one)).toBeCloseTo(1, 14);
        const [low, high] = one < other ? [one, other] : [other, one];
        expect(normalCdf(high) - normalCdf(low)).toBeGreaterThanOrEqual(-1e-15);
      }),
    );
  });

  it('passes on what is not a number', () => {
    expect(normalCdf(Number.NaN)).toBeNaN();
  });
});
