/**
 * Ratios of return to risk: what they do where there is no risk, and what holds for all returns.
 * Their values are held to oracles in definitions.test.ts.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  annualGrowth,
  calmarRatio,
  isSharpeTelling,
  MINUTES_PER_YEAR,
  probabilisticSharpe,
  sharpeRatio,
  sortinoRatio,
} from '../../../../../shared/domain/metrics/performance.ts';

const returnsArbitrary = fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 3, maxLength: 60 });

describe('the Sharpe ratio', () => {
  it('is N/A where returns do not vary, instead of infinite', () => {
    expect(sharpeRatio([0.001, 0.001, 0.001])).toBeNaN();
    expect(sharpeRatio([])).toBeNaN();
  });

  it('of minutes is annualised by √(252 · 390)', () => {
    const returns = [0.001, -0.0005, 0.0007];
    const perMinute = sharpeRatio(returns, { periodsPerYear: 1 });
    expect(sharpeRatio(returns, { periodsPerYear: MINUTES_PER_YEAR })).toBeCloseTo(perMinute * Math.sqrt(98_280), 10);
  });

  it('does not change with leverage, and turns its sign with the returns', () => {
    fc.assert(
      fc.property(returnsArbitrary, (bps) => {
        const returns = bps.map((value) => value / 10_000);
        const ratio = sharpeRatio(returns);
        fc.pre(Number.isFinite(ratio));
        expect(sharpeRatio(returns.map((value) => 3 * value))).toBeCloseTo(ratio, 8);
        expect(sharpeRatio(returns.map((value) => -value))).toBeCloseTo(-ratio, 8);
      }),
    );
  });

  it.each([
    [{ trades: 10, sessions: 14 }, true],
    [{ trades: 9, sessions: 14 }, false],
    [{ trades: 10, sessions: 13 }, false],
  ])('of %j may be shown: %s', (run, expected) => {
    expect(isSharpeTelling(run)).toBe(expected);
  });
});

describe('the probabilistic Sharpe ratio', () => {
  it('is a probability, and one half against the sample itself', () => {
    fc.assert(
      fc.property(returnsArbitrary, (bps) => {
        const returns = bps.map((value) => value / 10_000);
        const daily = sharpeRatio(returns, { periodsPerYear: 1 });
        fc.pre(Number.isFinite(probabilisticSharpe(returns)));
        expect(probabilisticSharpe(returns)).toBeGreaterThanOrEqual(0);
        expect(probabilisticSharpe(returns)).toBeLessThanOrEqual(1);
        expect(probabilisticSharpe(returns, daily)).toBeCloseTo(0.5, 12);
      }),
    );
  });
});

describe('ratios without their denominator', () => {
  it('are N/A: no losing day, no drawdown, no returns', () => {
    expect(sortinoRatio([0.01, 0.02])).toBeNaN();
    expect(calmarRatio([0.01, 0.02])).toBeNaN();
    expect(annualGrowth([])).toBeNaN();
  });
});

describe('annual growth', () => {
  it('of a year of returns is their total', () => {
    expect(annualGrowth(Array<number>(252).fill(0.001))).toBeCloseTo(1.001 ** 252 - 1, 12);
  });

  it('of a lost account is a total loss', () => {
    expect(annualGrowth([0.1, -1, 0.3])).toBe(-1);
  });
});
