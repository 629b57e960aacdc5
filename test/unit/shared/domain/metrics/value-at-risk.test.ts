/**
 * Value at risk: its sign, its tail, where its expansion holds. Its values are held to oracles in definitions.test.ts.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excessKurtosis, skewness } from '../../../../../shared/domain/metrics/moments.ts';
import {
  conditionalVar95,
  cornishFisherHolds,
  countVarBreaches,
  historicalVar95,
  worstMean95,
} from '../../../../../shared/domain/metrics/value-at-risk.ts';

const returnsArbitrary = fc
  .array(fc.integer({ min: -900, max: 900 }), { minLength: 4, maxLength: 80 })
  .map((bps) => bps.map((value) => value / 10_000));

/** Cubes: mostly small, now and then large, so that tails and skew come on both sides of the border. */
const heavyTails = fc
  .array(fc.integer({ min: -30, max: 30 }), { minLength: 20, maxLength: 80 })
  .map((roots) => roots.map((root) => root ** 3 / 1_000_000));

describe('value at risk', () => {
  it('is positive for a loss and negative where even bad days gain', () => {
    expect(historicalVar95([-0.03, 0.01])).toBeCloseTo(0.028, 12);
    expect(historicalVar95([0.01, 0.01])).toBeCloseTo(-0.01, 12);
  });

  it('is N/A without returns', () => {
    expect([historicalVar95([]), conditionalVar95([]), worstMean95([])]).toEqual([NaN, NaN, NaN]);
  });

  it('is never above the mean loss beyond it', () => {
    fc.assert(
      fc.property(returnsArbitrary, (returns) => {
        expect(conditionalVar95(returns)).toBeGreaterThanOrEqual(historicalVar95(returns) - 1e-12);
        expect(worstMean95(returns)).toBeGreaterThanOrEqual(historicalVar95(returns) - 1e-12);
      }),
    );
  });

  it('does not depend on the order of the returns, nor change it', () => {
    const returns = [0.02, -0.01, 0.005, -0.03];
    const reversed = returns.toReversed();
    expect(historicalVar95(reversed)).toBe(historicalVar95(returns));
    expect(returns).toEqual([0.02, -0.01, 0.005, -0.03]);
  });
});

describe('the Cornish-Fisher expansion', () => {
  it('is said to hold exactly where a rarer loss is a larger one', () => {
    fc.assert(
      fc.property(heavyTails, (returns) => {
        const s = skewness(returns);
        const k = excessKurtosis(returns);
        fc.pre(Number.isFinite(s));
        const slopeMin = leastSlope(s, k);
        // At the border itself rounding decides.
        fc.pre(Math.abs(slopeMin) > 1e-9);
        expect(cornishFisherHolds(returns)).toBe(slopeMin > 0);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a flat top without tails', [-0.02, -0.01, 0, 0.01, 0.02], false],
    ['tails without skew', [-0.03, -0.01, -0.01, 0, 0, 0, 0, 0.01, 0.01, 0.03], true],
    [
      'tails so heavy that it falls all along',
      [...Array<number>(19_980).fill(0), ...Array<number>(19).fill(-1), 1],
      false,
    ],
    ['one crash', [...Array<number>(40).fill(0.001), -0.3, 0.002], false],
  ])('holds or not for %s', (_, returns, expected) => {
    expect(cornishFisherHolds(returns)).toBe(expected);
  });

  it('is not said to hold where skew and tails are unknown', () => {
    expect(cornishFisherHolds([0.01, 0.01, 0.01])).toBe(false);
  });

  /** Least of dz′/dz = az² + bz + c over all z: its vertex where it opens upwards, else unbounded below. */
  function leastSlope(s: number, k: number): number {
    const a = k / 8 - s ** 2 / 6;
    const b = s / 3;
    const c = 1 - k / 8 + (5 * s ** 2) / 36;
    return a > 0 ? c - b ** 2 / (4 * a) : Number.NEGATIVE_INFINITY;
  }
});

describe('breaches', () => {
  it('are losses beyond what was stated for the day, a loss equal to it not counted', () => {
    expect(countVarBreaches([-0.03, -0.02, 0.05, -0.01], [0.02, 0.02, 0.02, 0.005])).toBe(2);
  });

  it('are refused where days and statements do not match', () => {
    expect(() => countVarBreaches([0.01], [0.02, 0.02])).toThrow('1 returns and 2 values at risk');
  });
});
