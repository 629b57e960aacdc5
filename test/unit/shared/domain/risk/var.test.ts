/**
 * Historical value at risk: which days count, which percentile is read, what is refused.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionsBetween } from '../../../../../shared/domain/calendar/calendar.ts';
import { addDays, weekday } from '../../../../../shared/domain/calendar/session-date.ts';
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

  it('is stale where the last daily bar lies more than five sessions back, and says so with both dates', () => {
    const oldest = PAST.at(-5)!;
    const endingOn = (last: number): VarHistory => {
      const dates = PAST.filter((date) => date <= last).slice(-250);
      return historyOf(['AAPL'], days('AAPL', noise(1, 250), dates), TODAY);
    };
    expect([endingOn(oldest).has(0), endingOn(oldest).stale(0)]).toEqual([true, null]);
    const late = PAST.at(-6)!;
    expect([endingOn(late).has(0), endingOn(late).stale(0)]).toEqual([
      false,
      { lastSession: late, oldestSession: oldest },
    ]);
  });

  it('of one symbol that is stale leaves the others what they have', () => {
    const old = PAST.slice(0, 250);
    const rows = [...days('AAPL', noise(1, 250)), ...days('MSFT', noise(2, 250), old)];
    const history = historyOf(['AAPL', 'MSFT', 'TSLA'], rows, TODAY);
    expect([history.has(0), history.has(1)]).toEqual([true, false]);
    expect([history.stale(0), history.stale(1)?.lastSession, history.stale(2)]).toEqual([null, old.at(-1), null]);
    const alone = historyOf(['AAPL'], days('AAPL', noise(1, 250)), TODAY);
    expect(history.portfolioUsdE4(Float64Array.of(1e7, 0, 0))).toBe(alone.portfolioUsdE4(Float64Array.of(1e7)));
  });

  it('is stale where what the symbols have in common ends too early', () => {
    // Each has a recent bar, and neither has the other's.
    const shared = PAST.slice(-280, -20);
    const rows = [
      ...days('AAPL', noise(1, 261), [...shared, PAST.at(-1)!]),
      ...days('MSFT', noise(2, 261), [...shared, PAST.at(-2)!]),
    ];
    const history = historyOf(['AAPL', 'MSFT'], rows, TODAY);
    expect([history.has(0), history.stale(0), history.stale(1)]).toEqual([
      false,
      { lastSession: shared.at(-1), oldestSession: PAST.at(-5) },
      { lastSession: shared.at(-1), oldestSession: PAST.at(-5) },
    ]);
  });

  it('is known in the first week that the calendar knows, by weekdays before it', () => {
    const weekdays: number[] = [];
    for (let date = 20_091_231; weekdays.length < 250; date = addDays(date, -1)) {
      if (weekday(date) > 0 && weekday(date) < 6) weekdays.unshift(date);
    }
    const history = historyOf(['AAPL'], days('AAPL', noise(1, 250), weekdays), 20_100_104);
    expect(history.has(0)).toBe(true);
    const older = historyOf(['AAPL'], days('AAPL', noise(1, 250), weekdays), 20_100_111);
    expect(older.stale(0)).toEqual({ lastSession: 20_091_231, oldestSession: 20_100_104 });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('is not a number where a day has the return %d', (odd) => {
    const returns = Float64Array.from(noise(1, 250));
    returns[40] = odd;
    expect(new VarHistory([returns]).portfolioUsdE4(Float64Array.of(1_000_000))).toBeNaN();
  });
});

/** As the ruling says it, row by row and session by session: slow, and with nothing kept. */
function naiveHas(symbols: readonly string[], rows: readonly DailyReturnRow[], session: number): boolean[] {
  const recent = symbols.map((symbol) => {
    const past = rows.filter((row) => row.symbol === symbol && row.session < session).map((row) => row.session);
    return [...new Set(past)].sort((one, other) => one - other).slice(-300);
  });
  const before = DATES.filter((date) => date < session).slice(-5)[0]!;
  const eligible = recent.map((dates) => dates.length >= 250 && dates.at(-1)! >= before);
  const used = recent.filter((_, s) => eligible[s]);
  const common = (used[0] ?? []).filter((date) => used.every((dates) => dates.includes(date)));
  const isKnown = common.length >= 250 && common.at(-1)! >= before;
  return eligible.map((each) => each && isKnown);
}

describe('a history indexed once', () => {
  it('says in any order of sessions what a fresh look at every row says', () => {
    const symbols = ['AAPL', 'MSFT', 'NVDA'];
    const shape = fc.record({
      holes: fc.array(fc.nat(DATES.length - 1), { maxLength: 30 }),
      from: fc.nat(60),
      to: fc.integer({ min: DATES.length - 60, max: DATES.length }),
    });
    const sessions = fc.array(fc.integer({ min: 240, max: DATES.length - 1 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.tuple(shape, shape, shape), sessions, (shapes, asked) => {
        const rows = shapes.flatMap(({ holes, from, to }, s) => {
          const dates = DATES.slice(from, to).filter((_, at) => !holes.includes(at + from));
          return days(symbols[s]!, noise(s, dates.length), dates);
        });
        const indexed = new DailyReturns(symbols, rows);
        for (const at of asked) {
          const session = DATES[at]!;
          const history = indexed.before(session);
          expect(symbols.map((_, s) => history.has(s))).toEqual(naiveHas(symbols, rows, session));
          const notional = Float64Array.of(1e7, 0, 0);
          const fresh = historyOf(symbols, rows.toReversed(), session);
          expect(history.portfolioUsdE4(notional)).toEqual(fresh.portfolioUsdE4(notional));
        }
      }),
      { numRuns: 60 },
    );
  });
});
