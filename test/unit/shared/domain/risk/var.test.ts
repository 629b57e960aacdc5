/**
 * Historical value at risk: which days count, which percentile is read, what is refused.
 */

import { describe, expect, it } from 'vitest';
import { sessionsBetween } from '../../../../../shared/domain/calendar/calendar.ts';
import { profile } from '../../../../../shared/domain/profile/profile.ts';
import { type DailyReturnRow, DailyReturns, VarHistory, varHistory } from '../../../../../shared/domain/risk/var.ts';
import { seededRandom } from '../../../../support/core/seeded-random.ts';

const DATES = sessionsBetween(20230103, 20250103).map(({ date }) => date);
const TODAY = DATES.at(-1)!;
const PAST = DATES.slice(0, -1);

/** Daily bars of these returns, on the last sessions before today unless other dates are given. */
function days(symbol: string, returns: readonly number[], dates = PAST.slice(-returns.length)): DailyReturnRow[] {
  return returns.map((each, at) => ({
    symbol,
    session: dates[at]!,
    openE4: 1_000_000,
    closeE4: Math.round(1_000_000 * (1 + each)),
  }));
}

function historyOf(symbols: readonly string[], rows: readonly DailyReturnRow[], session: number): VarHistory {
  return varHistory(profile('enhanced'), new DailyReturns(symbols, rows), session)!;
}

function noise(seed: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => (random() - 0.5) / 20);
}

describe('value at risk', () => {
  it('is the fifth percentile of 250 losses, read between the two beside it', () => {
    // Returns 0, -0.01 %, ... -2.49 %: sorted ascending, place 0.05 x 249 = 12.45 lies between -2.37 % and -2.36 %.
    const history = historyOf(
      ['AAPL'],
      days(
        'AAPL',
        Array.from({ length: 250 }, (_, at) => -at / 10_000),
      ),
      TODAY,
    );
    expect(history.portfolioUsdE4(Float64Array.of(10_000_000))).toBeCloseTo(10_000_000 * 0.023_655, 3);
  });

  it('of two symbols is that of their portfolio, day by day', () => {
    const [a, b] = [noise(1, 250), noise(2, 250)];
    const history = historyOf(['AAPL', 'MSFT'], [...days('AAPL', a), ...days('MSFT', b)], TODAY);
    const asTraded = (each: number): number => Math.round(1_000_000 * (1 + each)) / 1_000_000 - 1;
    const returns = a.map((each, at) => 9_000_000 * asTraded(each) + 4_000_000 * asTraded(b[at]!));
    const sorted = returns.toSorted((x, y) => x - y);
    const expected = -(sorted[12]! + 0.45 * (sorted[13]! - sorted[12]!));
    expect(history.portfolioUsdE4(Float64Array.of(9_000_000, 4_000_000))).toBeCloseTo(expected, 3);
  });

  it('reads the last 250 sessions before today, in any order of the rows', () => {
    const calm = noise(3, 250);
    const rows = days('AAPL', [...Array.from({ length: 30 }, () => -0.5), ...calm, 0.9], DATES.slice(-281));
    const mixed = historyOf(['AAPL'], rows.toReversed(), TODAY);
    const plain = historyOf(['AAPL'], days('AAPL', calm), TODAY);
    const notional = Float64Array.of(10_000_000);
    expect(mixed.portfolioUsdE4(notional)).toBe(plain.portfolioUsdE4(notional));
  });

  it('ignores other symbols and empty positions', () => {
    const rows = [...days('AAPL', noise(1, 250)), ...days('TSLA', noise(9, 250))];
    const history = historyOf(['AAPL', 'MSFT'], rows, TODAY);
    expect(history.portfolioUsdE4(Float64Array.of(1_000_000, 0))).toBeGreaterThan(0);
    expect(history.portfolioUsdE4(Float64Array.of(0, 0))).toBeCloseTo(0, 9);
  });

  it('is unknown below 250 sessions', () => {
    const history = historyOf(
      ['AAPL', 'MSFT'],
      [...days('AAPL', noise(1, 250)), ...days('MSFT', noise(2, 249))],
      TODAY,
    );
    expect([history.has(0), history.has(1), history.has(2)]).toEqual([true, false, false]);
    expect(history.portfolioUsdE4(Float64Array.of(1, 1))).toBeNaN();
    expect(history.portfolioUsdE4(Float64Array.of(1, 0))).not.toBeNaN();
  });

  it('does not count today as history', () => {
    const rows = days('AAPL', noise(1, 250), DATES.slice(-250));
    expect(historyOf(['AAPL'], rows, TODAY).has(0)).toBe(false);
  });

  it('uses the sessions that all symbols have in common', () => {
    const early = noise(1, 260);
    const hole = PAST.slice(-260)[100]!;
    const rows = [...days('AAPL', early), ...days('MSFT', early).filter(({ session }) => session !== hole)];
    const both = historyOf(['AAPL', 'MSFT'], rows, TODAY);
    const one = historyOf(['MSFT'], rows, TODAY);
    expect(both.portfolioUsdE4(Float64Array.of(1e7, 0))).toBe(one.portfolioUsdE4(Float64Array.of(1e7)));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('is no number where a day has the return %d', (odd) => {
    const returns = Float64Array.from(noise(1, 250));
    returns[40] = odd;
    expect(new VarHistory([returns]).portfolioUsdE4(Float64Array.of(1_000_000))).toBeNaN();
  });
});
