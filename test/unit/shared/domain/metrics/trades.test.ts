/**
 * Win rate, profit factor and the win rate that would break even.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakEvenWinRate, profitFactor, winRate } from '../../../../../shared/domain/metrics/trades.ts';

const NET_E4 = [120_000, -50_000, 0, 30_000, -25_000];

describe('trade statistics', () => {
  it('count a trade at zero as closed but not as won', () => {
    expect(winRate(NET_E4)).toBe(0.4);
  });

  it('weigh dollars gained against dollars lost', () => {
    expect(profitFactor(NET_E4)).toBe(2);
  });

  it('say at which win rate such gains and losses would come out even', () => {
    // Average gain $7.50, average loss $3.75.
    expect(breakEvenWinRate(NET_E4)).toBeCloseTo(1 / 3, 12);
  });

  it.each([
    ['win rate without a trade', winRate([])],
    ['profit factor without a loss', profitFactor([1, 2])],
    ['break-even rate without a loss', breakEvenWinRate([1, 2])],
    ['break-even rate without a gain', breakEvenWinRate([-1, 0])],
  ])('are N/A: %s', (_, value) => {
    expect(value).toBeNaN();
  });

  it('call a series profitable exactly where it wins more often than break-even', () => {
    const trades = fc.array(
      fc.integer({ min: -1_000, max: 1_000 }).filter((value) => value !== 0),
      { minLength: 2, maxLength: 30 },
    );
    fc.assert(
      fc.property(trades, (netE4) => {
        const breakEven = breakEvenWinRate(netE4);
        const total = netE4.reduce((sum, value) => sum + value, 0);
        fc.pre(Number.isFinite(breakEven) && total !== 0);
        expect(winRate(netE4) > breakEven).toBe(total > 0);
        expect(profitFactor(netE4) > 1).toBe(total > 0);
      }),
    );
  });
});
