/**
 * No approval and no filled position beyond a limit, over any market, policy and profile, by arithmetic of its own;
 * and nothing ever stands in the way of an order that reduces.
 */

import { SELL } from '../../../../shared/domain/policy/actions.ts';
import { describe, expect, it } from 'vitest';
import type { BacktestInput } from '../../../../shared/domain/run/backtest.ts';
import { sessionsBetween } from '../../../../shared/domain/calendar/calendar.ts';
import { feeTable } from '../../../../shared/domain/execution/fee-tables.ts';
import { sessionFees } from '../../../../shared/domain/execution/fees.ts';
import type { Order } from '../../../../shared/domain/orders/types.ts';
import type { DailyReturnRow } from '../../../../shared/domain/risk/var.ts';
import type { NaiveBook } from '../../../support/core/core-book.ts';
import { broken, differing, unless } from '../../../support/core/core-invariants.ts';
import { inTurn } from '../../../support/core/turns.ts';
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

/** Sessions between the last daily bar of a symbol and the session traded. */
function ageOf(rows: readonly DailyReturnRow[], symbol: string, session: number): number {
  const past = rows.filter((row) => row.symbol === symbol && row.session < session);
  return sessionsBetween(Math.max(...past.map((row) => row.session)), session).length - 1;
}

/** One-day VaR 95 %: 250 portfolio losses, the largest first, read between the two beside the fifth percentile. */
function naiveVarE4(rows: readonly DailyReturnRow[], session: number, notionalE4: ReadonlyMap<string, number>): number {
  const past = Map.groupBy(
    rows.filter((row) => row.session < session),
    (row) => row.symbol,
  );
  // Days that every symbol has whose history is long and recent enough, whether or not it is held.
  const usable = [...past].filter(([symbol, own]) => own.length >= 250 && ageOf(rows, symbol, session) <= 5);
  const daysOf = usable.map(([, own]) => new Set(own.map((row) => row.session)));
  const days = [...(daysOf[0] ?? [])].filter((day) => daysOf.every((each) => each.has(day))).slice(-250);
  const held = [...notionalE4].filter(([, valueE4]) => valueE4 !== 0);
  const returnOn = (symbol: string, day: number): number => {
    const row = past.get(symbol)!.find((each) => each.session === day)!;
    return row.closeE4 / row.openE4 - 1;
  };
  const lossOn = (day: number): number =>
    held.reduce((sum, [symbol, valueE4]) => sum - valueE4 * returnOn(symbol, day), 0);
  const losses = days.map(lossOn).sort((a, b) => b - a);
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
  const age = ageOf(input.dailyBars, entry.symbol, minute.session.date);
  const varE4 = naiveVarE4(input.dailyBars, minute.session.date, notionalE4);
  return [
    ...unless(valueE4 <= 0.4 * book.equityE4(), 'concentration', entry),
    ...unless(age <= 5, 'age of the daily bars', { entry, age }),
    ...unless(varE4 <= 0.02 * book.equityE4() + FLOAT_NOISE_E4, 'value at risk', { entry, varE4 }),
  ];
}

/** As they were judged: each on what the ones before it left. */
function entriesInTurn({ decision, session, minuteIndex }: RunMinute, { config }: BacktestInput): Order[] {
  const entries = new Map(decision.orders.filter(({ kind }) => kind === 'ENTRY').map((each) => [each.symbol, each]));
  const turns = inTurn(config.symbols, { seed: config.seed, session: session.date, minuteIndex });
  return turns.flatMap((symbol) => entries.get(symbol) ?? []);
}

/** The collar by the rule book: 20 bps, floored to a valid price, or the next valid one above the close. */
function collarE4(closeE4: number): number {
  const isPrice = (valueE4: bigint): boolean => valueE4 < 10_000n || valueE4 % 100n === 0n;
  let within = (BigInt(closeE4) * 1_002n) / 1_000n;
  while (!isPrice(within)) within -= 1n;
  let above = BigInt(closeE4) + 1n;
  while (!isPrice(above)) above += 1n;
  return Number(within > BigInt(closeE4) ? within : above);
}

/** How far a stop lies below its entry, written from the ruling: all in dollars. */
function stopDistanceE4(entry: Order, fees: 'tiered' | 'fixed', session: number): number {
  const price = entry.limitPriceE4 / USD_E4;
  const { quantity } = entry;
  const { sec, taf } = sessionFees(feeTable(fees), session);
  const up = (usd: number): number => Math.ceil(usd * USD_E4 - 1e-6) / USD_E4;
  const [perShare, minimum, pass] = fees === 'tiered' ? [0.0035, 0.35, 0.003] : [0.005, 1, 0];
  const commission = Math.min(up(price * quantity * 0.01), Math.max(minimum, up(quantity * perShare)));
  const selling =
    up((price * quantity * sec!.tenthsUsdPerMillion) / 1e7) + up((quantity * taf!.microUsdPerShare) / 1e6);
  const roundTrip = 2 * commission + 2 * up(quantity * pass) + selling;
  const halfSpread = Math.max(0.005, price * 0.5e-4) * (entry.minuteIndex < 29 ? 2 : 1);
  const tick = price < 1 ? 0.0001 : 0.01;
  return ((25 - roundTrip) / quantity - (halfSpread + price * 10e-4 * Math.sqrt(0.1) + tick)) * USD_E4;
}

describe('any market under any policy', () => {
  it('meets no approval beyond a limit', () => {
    const report = broken((minute, book, input) => {
      return entriesInTurn(minute, input).flatMap((entry) => {
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
      ...differing('limit reference', risk.limitReferenceE4, book.peakE4),
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

  it('prices every entry by the collar, in valid prices', () => {
    const report = broken(({ decision }) =>
      decision.orders
        .filter(({ kind }) => kind === 'ENTRY')
        .flatMap((entry) => differing('limit price', entry.limitPriceE4, collarE4(entry.referencePriceE4))),
    );
    expect(report).toBeNull();
  });

  it('protects every entry by a stop of its size, as far below its limit price as $25 less all costs allow', () => {
    const report = broken(({ decision, session }, _book, { config }) =>
      decision.orders
        .filter(({ kind }) => kind === 'ENTRY')
        .flatMap((entry) => {
          const stop = decision.orders.find(({ parentRef }) => parentRef === entry.orderRef);
          if (stop === undefined) return [{ what: 'no stop', entry }];
          const tick = entry.limitPriceE4 < USD_E4 ? 1 : 100;
          const roomE4 = stopDistanceE4(entry, config.fees, session.date);
          const distanceE4 = entry.limitPriceE4 - stop.stopPriceE4;
          const isLowest = stop.stopPriceE4 === tick && roomE4 >= distanceE4;
          return [
            ...differing('stop', [stop.symbol, stop.kind, stop.quantity], [entry.symbol, 'STOP', entry.quantity]),
            // A hundredth of 1e-4 USD allows for floating point beside a tick.
            ...unless(distanceE4 % tick === 0 && stop.stopPriceE4 > 0, 'ticks', { entry, stop }),
            ...unless(distanceE4 <= roomE4 + 0.01, 'too far', { entry, stop, roomE4 }),
            ...unless(isLowest || distanceE4 > roomE4 - tick - 0.01, 'too near', { entry, stop, roomE4 }),
          ];
        }),
    );
    expect(report).toBeNull();
  });
});
