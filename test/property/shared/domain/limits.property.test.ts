/**
 * No approval and no filled position beyond a limit, over any market, policy and profile, by arithmetic of its own;
 * and nothing ever stands in the way of an order that reduces.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BacktestInput } from '../../../../shared/domain/backtest.ts';
import type { Order } from '../../../../shared/domain/execution/types.ts';
import { type Action, BUY, SELL } from '../../../../shared/domain/risk/types.ts';
import type { DailyReturnRow } from '../../../../shared/domain/risk/var.ts';
import { NaiveBook } from '../../../support/core-book.ts';
import { anyRun } from '../../../support/core-markets.ts';
import { type RunMinute, stagedRun } from '../../../support/core-run.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const NOTIONAL_MAX_E4 = 1_000 * 10_000;
const SHARES_MAX = 100;

/** Actions that hold for a while and like to buy: more entries, larger exposure than the built-in policies give. */
function eager(seed: number): () => Action[] {
  const random = seededRandom(seed);
  return () => Array.from({ length: 4 }, () => (random() < 0.5 ? BUY : random() < 0.7 ? 1 : SELL));
}

/** Calls `check` for every minute, settled; the book follows the re-arming of the peak. */
function forEveryMinute(check: (minute: RunMinute, book: NaiveBook, input: BacktestInput) => void): void {
  fc.assert(
    fc.property(anyRun, fc.boolean(), (input, isEager) => {
      const { config } = input;
      const book = new NaiveBook(config.symbols, config.accountUsdE4);
      const choose = eager(config.seed);
      const options = isEager ? { choose: () => choose().slice(0, config.symbols.length) } : {};
      let before: RunMinute | null = null;
      for (const minute of stagedRun(input, options).minutes) {
        const isRearmed = minute.minuteIndex === 0 && before?.decision.state === 'HALTED' && config.rearm === 'session';
        if (isRearmed) book.peakE4 = book.equityE4();
        book.settle(minute);
        check(minute, book, input);
        for (const order of minute.decision.orders) book.approve(order);
        before = minute;
      }
    }),
    { numRuns: 80 },
  );
}

function dailyLossMaxE4(book: NaiveBook): number {
  return Math.min(50 * 10_000, 0.02 * book.sessionStartE4);
}

function drawdownMaxE4({ config }: BacktestInput, book: NaiveBook): number {
  const basicE4 = 100 * 10_000;
  return config.profile === 'enhanced' ? Math.min(basicE4, 0.03 * book.peakE4) : basicE4;
}

function isLosingTooMuch(input: BacktestInput, book: NaiveBook): boolean {
  const equityE4 = book.equityE4();
  const isDayLost = book.sessionStartE4 - equityE4 >= dailyLossMaxE4(book);
  return isDayLost || book.peakE4 - equityE4 >= drawdownMaxE4(input, book);
}

/** One-day VaR 95 %: sort 250 portfolio returns, read the fifth percentile between its two neighbours. */
function naiveVarE4(rows: readonly DailyReturnRow[], session: number, notionalE4: ReadonlyMap<string, number>): number {
  const held = [...notionalE4].filter(([, valueE4]) => valueE4 !== 0);
  const returns = held.map(([symbol]) =>
    rows.filter((row) => row.symbol === symbol && row.session < session).map((row) => row.closeE4 / row.openE4 - 1),
  );
  const losses = Array.from({ length: 250 }, (_, day) =>
    held.reduce((sum, [, valueE4], at) => sum - valueE4 * returns[at]!.slice(-250)[day]!, 0),
  ).sort((a, b) => b - a);
  const place = 0.05 * 249;
  const floor = Math.floor(place);
  return losses[floor]! + (place - floor) * (losses[floor + 1]! - losses[floor]!);
}

function checkApproval(entry: Order, book: NaiveBook, minute: RunMinute, input: BacktestInput): void {
  const valueE4 = entry.quantity * entry.limitPriceE4;
  const equityE4 = book.equityE4();
  expect(minute.decision.state).toBe('ACTIVE');
  expect(minute.minuteIndex).toBeLessThanOrEqual(minute.minutes - 3);
  expect(entry.quantity).toBeLessThanOrEqual(SHARES_MAX);
  expect(valueE4).toBeLessThanOrEqual(NOTIONAL_MAX_E4);
  expect(isLosingTooMuch(input, book)).toBe(false);
  expect(book.exposureE4() + valueE4).toBeLessThanOrEqual(equityE4);
  if (input.config.profile !== 'enhanced') return;
  expect(valueE4).toBeLessThanOrEqual(0.4 * equityE4);
  const { symbols } = input.config;
  const notionalE4 = new Map(symbols.map((symbol, s) => [symbol, book.quantity[s]! * book.markE4[s]!]));
  for (const other of book.orders.values()) {
    if (other.kind !== 'ENTRY' || book.closed.has(other.orderRef)) continue;
    notionalE4.set(other.symbol, notionalE4.get(other.symbol)! + book.remaining(other) * other.limitPriceE4);
  }
  notionalE4.set(entry.symbol, notionalE4.get(entry.symbol)! + valueE4);
  const varE4 = naiveVarE4(input.dailyBars, minute.session.date, notionalE4);
  expect(varE4).toBeLessThanOrEqual(0.02 * equityE4 + 1e-3);
}

describe('any market under any policy', () => {
  it('meets no approval beyond a limit', () => {
    forEveryMinute((minute, book, input) => {
      const entries = minute.decision.orders.filter(({ kind }) => kind === 'ENTRY');
      for (const entry of entries) {
        checkApproval(entry, book, minute, input);
        book.approve(entry);
      }
    });
  });

  it('meets no position beyond a limit right after a fill', () => {
    forEveryMinute(({ report }, book) => {
      for (const bought of report.fills.filter(({ side }) => side === 'BUY')) {
        const own = book.fills.filter(({ orderRef }) => orderRef === bought.orderRef);
        expect(own.reduce((sum, { quantity }) => sum + quantity, 0)).toBeLessThanOrEqual(SHARES_MAX);
        const valueE4 = own.reduce((sum, { quantity, priceE4 }) => sum + quantity * priceE4, 0);
        expect(valueE4).toBeLessThanOrEqual(NOTIONAL_MAX_E4);
      }
    });
  });

  it('is refused entries exactly where a loss limit is reached', () => {
    forEveryMinute(({ decision, risk }, book, input) => {
      if (isLosingTooMuch(input, book)) expect(decision.state).not.toBe('ACTIVE');
      expect(risk.peakE4).toBe(book.peakE4);
      const isDrawnDown = book.peakE4 - book.equityE4() >= drawdownMaxE4(input, book);
      if (isDrawnDown) expect(decision.state).toBe('HALTED');
    });
  });

  it('is let out of every position it wants to leave, at once, whatever the state and the data', () => {
    forEveryMinute(({ decision, actions }, book, { config }) => {
      config.symbols.forEach((symbol, s) => {
        const wanted = actions[s] === SELL && book.quantity[s]! > 0;
        const isWorking = book.working(symbol, 'EXIT').length > 0;
        const exits = decision.orders.filter((order) => order.symbol === symbol && order.kind === 'EXIT');
        if (wanted && !isWorking) expect(exits.map(({ quantity }) => quantity)).toEqual([book.quantity[s]]);
        if (isWorking || book.quantity[s] === 0) expect(exits).toEqual([]);
      });
    });
  });

  it('is forced out of every position once a limit has tripped or the session is about to end', () => {
    forEveryMinute(({ decision, minuteIndex, minutes }, book, { config }) => {
      if (decision.state === 'ACTIVE' && minuteIndex < minutes - 2) return;
      config.symbols.forEach((symbol, s) => {
        if (book.quantity[s] === 0 || book.working(symbol, 'EXIT').length > 0) return;
        const exit = decision.orders.find((order) => order.symbol === symbol);
        expect(exit).toMatchObject({ kind: 'EXIT', quantity: book.quantity[s] });
      });
    });
  });

  it('protects every entry by a stop less than $25 below its limit price', () => {
    forEveryMinute(({ decision }) => {
      for (const entry of decision.orders.filter(({ kind }) => kind === 'ENTRY')) {
        const stop = decision.orders.find(({ parentRef }) => parentRef === entry.orderRef)!;
        expect(stop).toMatchObject({ kind: 'STOP', side: 'SELL', quantity: entry.quantity, symbol: entry.symbol });
        const lossE4 = (entry.limitPriceE4 - stop.stopPriceE4) * entry.quantity;
        expect(lossE4).toBeLessThan(25 * 10_000);
        expect(stop.stopPriceE4).toBeGreaterThan(0);
      }
    });
  });
});
