/**
 * Whole sessions through the core: one worked out by hand, and what a run does with its options.
 */

import { describe, expect, it } from 'vitest';
import { type BacktestInput, runBacktest } from '../../../../../shared/domain/run/backtest.ts';
import { type Session, sessionOn, sessionsBetween } from '../../../../../shared/domain/calendar/calendar.ts';
import type { BarTable } from '../../../../../shared/domain/market/bar-table.ts';
import { MarketGenerator } from '../../../../../shared/domain/market/generator/market-generator.ts';
import { type Bar, bar, NEXT_SESSION, runConfig, SESSION, tableOf } from '../../../../support/core/core.ts';

function ran(chosen: Parameters<typeof runConfig>[0], tables: readonly BarTable[], more: Partial<BacktestInput> = {}) {
  const sessions = tables.map((table, at) => ({ session: at === 0 ? SESSION : NEXT_SESSION, table }));
  const rows: string[] = [];
  const input = { config: runConfig(chosen), sessions, dailyBars: [], onRow: (row: string) => void rows.push(row) };
  return { ...runBacktest({ ...input, ...more }), rows };
}

/** $100 until minute 28, $101 from minute 29 on; 70 minutes. */
const STEP = Array.from({ length: 70 }, (_, minute) =>
  bar({ openE4: minute < 29 ? 1_000_000 : 1_010_000, volume: 100_000 + minute }),
);
const STEP_TABLE = tableOf([STEP]);
const ONE = { symbols: ['AAPL'], minutesMax: 70 };

describe('a session worked out by hand', () => {
  const { rows, ...summary } = ran(ONE, [STEP_TABLE]);

  it('buys once after the step, sells once all 30 closes are equal again', () => {
    const trades = rows.filter((row) => row.startsWith('F') || row.startsWith('O'));
    // The mean of 10 closes is above that of 30 from minute 29 until minute 58, where both windows hold $101 only.
    // Limit: 101 x 1.002 = 101.202, so $101.20, which $1,000 holds 9 times. Fees of the round trip at the limit:
    // 2 x (0.35 + 0.027) + 910.80 x 27.80 a million up to 0.0254 + 0.0015 = 0.7809. Stop: (25 - 0.7809) / 9 = 2.6910,
    // less half spread 0.00506, impact 0.0320 and a tick: 2.6439, so $2.64 below the limit. Fill: 101 + 0.00505 + 0.101 x sqrt(9 / 100,030) = 101.0060, up to $101.01.
    // Exit: 101 - 0.0060, down to $100.99. SEC fee: 908.91 x 27.80 a million = 0.02527, up to 0.0253.
    expect(trades.map((row) => row.replace(/^(.),\d+,AAPL,/, '$1,'))).toEqual([
      'O,ENTRY,BUY,LIMIT,20250103-029-AAPL-N,9,1012000,0,1010000',
      'O,STOP,SELL,STOP,20250103-029-AAPL-P,9,0,985600,1010000',
      'F,0,20250103-029-AAPL-N,BUY,OPEN,9,1010100,3500,270,0,0',
      'O,EXIT,SELL,MARKETABLE,20250103-058-AAPL-X,9,0,0,1010000',
      'F,0,20250103-058-AAPL-X,SELL,OPEN,9,1009900,3500,270,253,15',
    ]);
  });

  it('sums up to its P&L before and after fees', () => {
    expect(summary).toMatchObject({
      sessions: ['2025-01-03'],
      symbols: ['AAPL'],
      bars: 70,
      decisions: 70,
      orders: 2,
      stops: 1,
      fills: 2,
      denials: {},
      reductions: {},
      haltedAt: null,
      rearms: 0,
      grossPnlUsd: -0.18,
      feesUsd: 0.7808,
      netPnlUsd: -0.9608,
      maxDrawdownUsd: 0.9608,
      equityUsd: 2_499.0392,
    });
  });

  it('closes with an account row', () => {
    const closeMs = SESSION.openMs + 70 * 60_000;
    expect(rows.at(-1)).toBe(`A,${closeMs},0,20250103,24990392,24990392,25000000,25000000,-1800,7808`);
  });
});

describe('a run', () => {
  it('decides every minute of a session without a single bar', () => {
    const empty = tableOf([Array.from({ length: 70 }, () => null)]);
    const summary = ran({ ...ONE, policy: 'random' }, [empty]);
    expect(summary).toMatchObject({ bars: 0, decisions: 70, orders: 0, fills: 0, equityUsd: 2_500 });
    expect(summary.denials.DATA_MISSING).toBeGreaterThan(10);
  });

  it('stops each session after the minutes it is given, flat', () => {
    const summary = ran({ ...ONE, minutesMax: 50 }, [STEP_TABLE, STEP_TABLE]);
    expect(summary).toMatchObject({ sessions: ['2025-01-03', '2025-01-06'], decisions: 100, fills: 4 });
    const exits = summary.rows.filter((row) => row.includes(',EXIT,')).map((row) => row.split(',')[6]);
    expect(exits).toEqual(['20250103-048-AAPL-X', '20250106-048-AAPL-X']);
  });

  it('trades a half-day until its close', () => {
    const session: Session = sessionOn(20250703)!;
    const symbols = ['AAPL'];
    const table = new MarketGenerator({ symbols, seed: 1 }).session(session);
    const summary = runBacktest({ config: runConfig({ symbols }), sessions: [{ session, table }], dailyBars: [] });
    expect(summary).toMatchObject({ decisions: 210, bars: 210 });
  });

  it('that holds never trades', () => {
    expect(ran({ ...ONE, policy: 'hold' }, [STEP_TABLE])).toMatchObject({ decisions: 70, orders: 0, equityUsd: 2_500 });
  });

  it('under enhanced enters nothing without daily bars', () => {
    const summary = ran({ ...ONE, profile: 'enhanced' }, [STEP_TABLE]);
    expect(summary).toMatchObject({ orders: 0, denials: { VAR_NO_HISTORY: 29 } });
  });

  it('under enhanced reads the daily bars before its session, not that of its own day', () => {
    const days = sessionsBetween(20231201, SESSION.date).map(({ date }) => date);
    const history = (from: number, to?: number) =>
      days.slice(from, to).map((session) => ({ symbol: 'AAPL', session, openE4: 1_000_000, closeE4: 999_000 }));
    const chosen = { ...ONE, profile: 'enhanced' } as const;
    expect(ran(chosen, [STEP_TABLE], { dailyBars: history(-251, -1) })).toMatchObject({ orders: 2, denials: {} });
    expect(ran(chosen, [STEP_TABLE], { dailyBars: history(-250) }).denials).toEqual({ VAR_NO_HISTORY: 29 });
  });

  it('under enhanced enters nothing on daily bars that end more than five sessions before it', () => {
    const days = sessionsBetween(20220103, SESSION.date).map(({ date }) => date);
    const endingBack = (sessions: number) =>
      days
        .slice(0, days.length - sessions)
        .map((session) => ({ symbol: 'AAPL', session, openE4: 1_000_000, closeE4: 999_000 }));
    const chosen = { ...ONE, profile: 'enhanced' } as const;
    expect(ran(chosen, [STEP_TABLE], { dailyBars: endingBack(5) })).toMatchObject({ orders: 2, denials: {} });
    for (const back of [6, 500]) {
      const { orders, denials } = ran(chosen, [STEP_TABLE], { dailyBars: endingBack(back) });
      expect({ orders, denials }).toEqual({ orders: 0, denials: { VAR_HISTORY_STALE: 29 } });
    }
  });

  it('indexes its daily bars once, however many sessions it has', () => {
    const sessions = sessionsBetween(20_250_103, 20_250_401).map((session) => ({ session, table: STEP_TABLE }));
    const reads = (count: number): number => {
      let read = 0;
      const dailyBars = sessionsBetween(20_230_103, 20_250_401).map(({ date }) => ({
        symbol: 'AAPL',
        get session() {
          read += 1;
          return date;
        },
        openE4: 1_000_000,
        closeE4: 999_000,
      }));
      ran({ ...ONE, profile: 'enhanced' }, [], { sessions: sessions.slice(0, count), dailyBars });
      return read;
    };
    // The content hash of the header reads those before the last session too, once.
    expect(reads(40)).toBeLessThan(reads(2) + 200);
  });

  it('goes on after a halt only where it is re-armed at each open', () => {
    const crash = tableOf([[...STEP.slice(0, 40), ...STEP.slice(40).map((each) => drop(each))]]);
    const small = { ...ONE, accountUsdE4: 25_000_000, profile: 'basic' as const };
    const manual = ran(small, [crash, STEP_TABLE]);
    const armed = ran({ ...small, rearm: 'session' }, [crash, STEP_TABLE]);
    expect(manual).toMatchObject({ haltedAt: '2025-01-03T15:12:00.000Z', rearms: 0, denials: { STATE_HALTED: 29 } });
    expect(armed).toMatchObject({ haltedAt: null, rearms: 1, fills: manual.fills + 2 });
    const liftedAtMs = NEXT_SESSION.openMs + 60_000;
    const halt = { atMs: Date.UTC(2025, 0, 3, 15, 12), causes: ['DRAWDOWN'], by: 'core', why: manual.halts[0]?.why };
    expect(manual.halts).toEqual([{ ...halt, liftedAtMs: null }]);
    expect(armed.halts).toEqual([{ ...halt, liftedAtMs }]);
  });
});

/** 40 % lower: beyond the stop, the daily loss and the drawdown; a jump that the next bar confirms. */
function drop(each: Bar): Bar {
  const priceE4 = Math.round(each.openE4 * 0.6);
  return { ...each, openE4: priceE4, highE4: priceE4, lowE4: priceE4, closeE4: priceE4 };
}

describe('the profile for comparing engines', () => {
  const symbols = ['AAPL', 'MSFT'];
  const sessions = sessionsBetween(20250102, 20250108);
  const market = new MarketGenerator({ symbols, seed: 3 });
  const input = (accountUsdE4: number): BacktestInput => ({
    config: runConfig({ symbols, profile: 'bench', accountUsdE4 }),
    sessions: sessions.map((session) => ({ session, table: market.session(session) })),
    dailyBars: [],
  });

  it('trades the same with a dollar as with a million: it has no dollar limit, in debt neither', () => {
    const [poor, rich] = [runBacktest(input(10_000)), runBacktest(input(10_000_000_000))];
    expect(poor.equityUsd).toBeLessThan(0);
    const { orders, fills, denials, grossPnlUsd, feesUsd, haltedAt } = rich;
    expect(poor).toMatchObject({ orders, fills, denials, grossPnlUsd, feesUsd, haltedAt });
    expect(rich).toMatchObject({ stops: 0, denials: {}, reductions: {}, haltedAt: null });
  });

  it('trades 100 shares', () => {
    const rows: string[] = [];
    runBacktest({ ...input(10_000_000_000), onRow: (row) => void rows.push(row) });
    const quantities = rows.filter((row) => row.startsWith('F,')).map((row) => row.split(',')[7]);
    expect(new Set(quantities)).toEqual(new Set(['100']));
  });
});

describe('the hash of a run', () => {
  const hash = (
    chosen: Parameters<typeof runConfig>[0],
    table = STEP_TABLE,
    more: Partial<BacktestInput> = {},
  ): string | null => ran({ ...ONE, ...chosen }, [table], more).ledgerHash;
  const usual = hash({});
  const daily = [{ symbol: 'AAPL', session: 20250102, openE4: 1, closeE4: 2 }];

  it.each([
    ['the seed, though no row changes', hash({ seed: 2 })],
    ['the fee table', hash({ fees: 'fixed' })],
    ['the account', hash({ accountUsdE4: 25_000_001 })],
    ['the policy', hash({ policy: 'hold' })],
    ['the length', hash({ minutesMax: 69 })],
    ['one volume', hash({}, tableOf([STEP.with(69, bar({ openE4: 1_010_000, volume: 1 }))]))],
    ['one bar that nobody traded on', hash({}, tableOf([STEP.with(0, bar({ openE4: 1_000_100, volume: 100_000 }))]))],
    ['one missing bar', hash({}, tableOf([STEP.with(65, null as unknown as Bar)]))],
  ])('changes with %s', (_what, changed) => {
    expect(changed).not.toBe(usual);
  });

  it('changes with daily bars where the profile reads them, and only there', () => {
    expect(hash({}, STEP_TABLE, { dailyBars: daily })).toBe(usual);
    const enhanced = hash({ profile: 'enhanced' });
    expect(hash({ profile: 'enhanced' }, STEP_TABLE, { dailyBars: daily })).not.toBe(enhanced);
  });

  it('does not change with the names of run and book', () => {
    expect(hash({ runId: 'other', bookId: 'main' })).toBe(usual);
  });
});
