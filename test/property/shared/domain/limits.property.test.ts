/**
 * No approval and no filled position beyond a limit, over any market, policy and profile, by arithmetic of its own;
 * and nothing ever stands in the way of an order that reduces.
 */

import { SELL } from '../../../../shared/domain/policy/actions.ts';
import { describe, expect, it } from 'vitest';
import type { BacktestInput } from '../../../../shared/domain/run/backtest.ts';
import type { Order } from '../../../../shared/domain/orders/types.ts';
import type { DailyReturnRow } from '../../../../shared/domain/risk/var.ts';
import type { NaiveBook } from '../../../support/core/core-book.ts';
import { broken, differing, unless } from '../../../support/core/core-invariants.ts';
import type { RunMinute } from '../../../support/core/core-run.ts';

const USD_E4 = 10_000;
const NOTIONAL_MAX_E4 = 1_000 * USD_E4;
const SHARES_MAX = 100;
/** A VaR computed in another order of additions may differ in its last digits. */
const FLOAT_NOISE_E4 = 1e-3;

function isDayLost(book: NaiveBook): boolean {
  return book.sessionStartE4 - book.equityE4() >= Math.min(50 * USD_E4, 0.02 * book.sessionStartE4);
}

function isDrawnDown({ config }: BacktestInput, book: NaiveBook): boolean {
  const basicE4 = 100 * USD_E4;
  const limitE4 = config.profile === 'enhanced' ? Math.min(basicE4, 0.03 * book.peakE4) : basicE4;
  return book.peakE4 - book.equityE4() >= limitE4;
}

/** One-day VaR 95 %: 250 portfolio losses, the largest first, read between the two beside the fifth percentile. */
function naiveVarE4(rows: readonly DailyReturnRow[], session: number, notionalE4: ReadonlyMap<string, number>): number {
  const held = [...notionalE4].filter(([, valueE4]) => valueE4 !== 0);
  const returns = held.map(([symbol]) => {
    const past = rows.filter((row) => row.symbol === symbol && row.session < session);
    return past.map((row) => row.closeE4 / row.openE4 - 1).slice(-250);
  });
  const lossOn = (day: number): number => held.reduce((sum, [, valueE4], at) => sum - valueE4 * returns[at]![day]!, 0);
  const losses = Array.from({ length: 250 }, (_, day) => lossOn(day)).sort((a, b) => b - a);
  const place = 0.05 * 249;
  const floor = Math.floor(place);
  return losses[floor]! + (place - floor) * (losses[floor + 1]! - losses[floor]!);
}

function exposuresE4(book: NaiveBook, symbols: readonly string[]): Map<string, number> {
  return new Map(symbols.map((symbol) => [symbol, book.exposureOfE4(symbol)]));
}

function beyondLimits(entry: Order, minute: RunMinute, book: NaiveBook, input: BacktestInput): readonly unknown[] {
  const { decision, minuteIndex, minutes } = minute;
  const valueE4 = entry.quantity * entry.limitPriceE4;
  return [
    ...differing('state', decision.state, 'ACTIVE'),
    ...unless(minuteIndex <= minutes - 3, 'last minute to buy', entry),
    ...unless(entry.quantity <= SHARES_MAX, 'shares', entry),
    ...unless(valueE4 <= NOTIONAL_MAX_E4, 'notional', entry),
    ...unless(!isDayLost(book), 'daily loss', entry),
    ...unless(!isDrawnDown(input, book), 'drawdown', entry),
    ...unless(book.exposureE4() + valueE4 <= book.equityE4(), 'leverage', entry),
    ...(input.config.profile === 'enhanced' ? beyondEnhanced(entry, minute, book, input) : []),
  ];
}

function beyondEnhanced(entry: Order, minute: RunMinute, book: NaiveBook, input: BacktestInput): readonly unknown[] {
  const valueE4 = entry.quantity * entry.limitPriceE4;
  const notionalE4 = exposuresE4(book, input.config.symbols);
  notionalE4.set(entry.symbol, notionalE4.get(entry.symbol)! + valueE4);
  const varE4 = naiveVarE4(input.dailyBars, minute.session.date, notionalE4);
  return [
    ...unless(valueE4 <= 0.4 * book.equityE4(), 'concentration', entry),
    ...unless(varE4 <= 0.02 * book.equityE4() + FLOAT_NOISE_E4, 'value at risk', { entry, varE4 }),
  ];
}

describe('any market under any policy', () => {
  it('meets no approval beyond a limit', () => {
    const report = broken((minute, book, input) => {
      const entries = minute.decision.orders.filter(({ kind }) => kind === 'ENTRY');
      return entries.flatMap((entry) => {
        const beyond = beyondLimits(entry, minute, book, input);
        book.approve(entry);
        return beyond;
      });
    }, 120);
    expect(report).toBeNull();
  });

  it('meets no position beyond a limit right after a fill', () => {
    const report = broken((minute, book) =>
      minute.report.fills
        .filter(({ side }) => side === 'BUY')
        .flatMap(({ orderRef, symbol }) => {
          const own = book.fills.filter((each) => each.orderRef === orderRef);
          const valueE4 = own.reduce((sum, { quantity, priceE4 }) => sum + quantity * priceE4, 0);
          const shares = own.reduce((sum, { quantity }) => sum + quantity, 0);
          return [
            ...unless(shares <= SHARES_MAX, 'shares', { symbol, shares }),
            ...unless(valueE4 <= NOTIONAL_MAX_E4, 'notional', { symbol, valueE4 }),
          ];
        }),
    );
    expect(report).toBeNull();
  });

  it('is not traded on once a loss limit is reached, and halts on a drawdown', () => {
    const report = broken(({ decision, risk }, book, input) => [
      ...differing('peak', risk.peakE4, book.peakE4),
      ...unless(!isDayLost(book) || decision.state !== 'ACTIVE', 'daily loss', decision.state),
      ...unless(!isDrawnDown(input, book) || decision.state === 'HALTED', 'drawdown', decision.state),
    ]);
    expect(report).toBeNull();
  });

  it('is let out of every position it wants to leave, at once, whatever the state and the data', () => {
    const report = broken(({ decision, actions }, book, { config }) =>
      config.symbols.flatMap((symbol, s) => {
        const exits = decision.orders.filter((order) => order.symbol === symbol && order.kind === 'EXIT');
        const isFree = book.quantity[s]! > 0 && book.working(symbol, 'EXIT').length === 0;
        if (!isFree) return exits;
        const sizes = exits.map(({ quantity }) => quantity);
        return actions[s] === SELL ? differing('exit', sizes, [book.quantity[s]]) : [];
      }),
    );
    expect(report).toBeNull();
  });

  it('is forced out of every position once a limit has tripped or the session is about to end', () => {
    const report = broken(({ decision, minuteIndex, minutes }, book, { config }) => {
      if (decision.state === 'ACTIVE' && minuteIndex < minutes - 2) return [];
      const held = config.symbols.filter((symbol) => book.quantityOf(symbol) > 0);
      const isLeft = (symbol: string): boolean =>
        book.working(symbol, 'EXIT').length > 0 || decision.orders.some((order) => order.symbol === symbol);
      return held.filter((symbol) => !isLeft(symbol));
    });
    expect(report).toBeNull();
  });

  it('protects every entry by a stop of its size, less than $25 below its limit price', () => {
    const report = broken(({ decision }) =>
      decision.orders
        .filter(({ kind }) => kind === 'ENTRY')
        .flatMap((entry) => {
          const stop = decision.orders.find(({ parentRef }) => parentRef === entry.orderRef);
          if (stop === undefined) return [{ what: 'no stop', entry }];
          const lossE4 = (entry.limitPriceE4 - stop.stopPriceE4) * entry.quantity;
          return [
            ...differing('stop', [stop.symbol, stop.kind, stop.quantity], [entry.symbol, 'STOP', entry.quantity]),
            ...unless(lossE4 < 25 * USD_E4 && stop.stopPriceE4 > 0, 'distance', { entry, stop }),
          ];
        }),
    );
    expect(report).toBeNull();
  });
});
