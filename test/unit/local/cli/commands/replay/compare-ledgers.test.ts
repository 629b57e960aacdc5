/**
 * Where two ledgers part: the first row that differs and the minute it belongs to.
 */

import { describe, expect, it } from 'vitest';
import { firstDifference } from '../../../../../../local/cli/commands/replay/compare-ledgers.ts';
import { runBacktest } from '../../../../../../shared/domain/run/backtest.ts';
import { NEXT_SESSION, SESSION } from '../../../../../support/core/core.ts';
import { runOn } from '../../../../../support/core/core-markets.ts';

const MINUTE_MS = 60_000;
const closeOf = (minute: number, session = SESSION): number => session.openMs + (minute + 1) * MINUTE_MS;
const decision = (minute: number, text = '1:0:0'): string => `D,${closeOf(minute)},${minute},0,0,${text}`;
const order = (minute: number, quantity = 5): string =>
  `O,${closeOf(minute)},AAPL,ENTRY,BUY,LIMIT,ref,${quantity},1,0,1`;
const fill = (minute: number, priceE4 = 1): string =>
  `F,${SESSION.openMs + minute * MINUTE_MS},AAPL,0,ref,BUY,OPEN,5,${priceE4},0,0,0,0`;

describe('the first difference', () => {
  it('is none between equal ledgers', () => {
    expect(firstDifference([], [])).toBeNull();
    expect(firstDifference([decision(0), order(0), fill(1)], [decision(0), order(0), fill(1)])).toBeNull();
  });

  it.each([
    { what: 'a decision', replay: decision(40), backtest: decision(40, '2:1:5'), minute: 40 },
    { what: 'an order', replay: order(40), backtest: order(40, 4), minute: 40 },
    { what: 'a fill, in the minute whose bar filled it', replay: fill(41), backtest: fill(41, 2), minute: 41 },
  ])('is named by its minute: $what', ({ replay, backtest, minute }) => {
    const rows = [decision(39)];
    expect(firstDifference([...rows, replay, decision(50)], [...rows, backtest, decision(50)])).toEqual({
      session: '2025-01-03',
      minute,
      replay,
      backtest,
    });
  });

  it('belongs to the earlier minute where one side has a row more', () => {
    expect(firstDifference([decision(0), fill(1), decision(1)], [decision(0), decision(1)])).toMatchObject({
      minute: 1,
      replay: fill(1),
      backtest: decision(1),
    });
  });

  it('is the first row that one side lacks at its end', () => {
    expect(firstDifference([decision(0)], [decision(0), decision(1)])).toMatchObject({
      minute: 1,
      replay: null,
      backtest: decision(1),
    });
    expect(firstDifference([decision(0), decision(1)], [decision(0)])).toMatchObject({ minute: 1, backtest: null });
  });

  it('in the closing account belongs to the last minute of its session', () => {
    const account = (cashE4: number) => `A,${closeOf(389)},ACTIVE,NONE,20250103,${cashE4},1,1,1,1`;
    expect(firstDifference([account(1)], [account(2)])).toMatchObject({ session: '2025-01-03', minute: 389 });
  });

  it('in a later session is named with its date', () => {
    const later = (text: string) => `D,${closeOf(3, NEXT_SESSION)},3,0,0,${text}`;
    expect(firstDifference([later('a')], [later('b')])).toMatchObject({ session: '2025-01-06', minute: 3 });
  });

  it('has no minute where a row has no time of a session', () => {
    const saturday = `D,${SESSION.openMs + 24 * 60 * MINUTE_MS},0,0,0,1:0:0`;
    expect(firstDifference([saturday], [])).toMatchObject({ session: null, minute: null });
  });

  it('is found between two whole runs that part at one minute', () => {
    const shape = { seed: 3, symbolCount: 2, sessionCount: 1, minutes: 60, priceE4: 1_000_000, moveBps: 40 };
    const market = { ...shape, volume: 20_000, gapRate: 0, faultRate: 0, together: false };
    const rowsOf = (seed: number): string[] => {
      const rows: string[] = [];
      runBacktest({ ...runOn(market, { policy: 'random', seed }), onRow: (row) => void rows.push(row) });
      return rows;
    };
    const [one, other] = [rowsOf(1), rowsOf(2)];
    const difference = firstDifference(one, other);
    const at = one.findIndex((row, index) => row !== other[index]);
    expect(difference).toMatchObject({ replay: one[at], backtest: other[at], session: '2025-01-02' });
  });
});
