/**
 * Valid inputs of the pure core: bars, frames, orders, fills, run configurations. A test shows only the values it is
 * about.
 */

import { type Action, HOLD } from '../../../shared/domain/policy/actions.ts';
import { type Session, sessionOn } from '../../../shared/domain/calendar/calendar.ts';
import type { Fill, Order } from '../../../shared/domain/orders/types.ts';
import { BarTable } from '../../../shared/domain/market/bar-table.ts';
import { MinuteFrame, PRESENT } from '../../../shared/domain/market/frame.ts';
import { type RunConfig } from '../../../shared/domain/run/run-config.ts';
import { newOpening } from '../../../shared/domain/risk/opening.ts';
import { SignalFrame } from '../../../shared/domain/sizing/signal-stage.ts';
import { MINUTE_MS } from '../../../shared/domain/units/units.ts';

/** A full session in winter time. */
export const SESSION: Session = sessionOn(20250103)!;
/** The one after it. */
export const NEXT_SESSION: Session = sessionOn(20250106)!;

export interface Bar {
  readonly openE4: number;
  readonly highE4: number;
  readonly lowE4: number;
  readonly closeE4: number;
  readonly volume: number;
  /** What the source noticed. */
  readonly faults: number;
}

/** $100 and quiet, with volume for any order; high and low follow open and close where they are not given. */
export function bar(overrides: Partial<Bar> = {}): Bar {
  const openE4 = overrides.openE4 ?? 1_000_000;
  const closeE4 = overrides.closeE4 ?? openE4;
  return {
    openE4,
    highE4: Math.max(openE4, closeE4),
    lowE4: Math.min(openE4, closeE4),
    closeE4,
    volume: 100_000,
    faults: 0,
    ...overrides,
  };
}

/** One minute as a source delivers it; null is a missing bar. Its volume can be filled without quality's word. */
export function frameOf(bars: readonly (Bar | null)[]): MinuteFrame {
  const frame = new MinuteFrame(bars.length);
  bars.forEach((each, s) => {
    if (each === null) return;
    frame.status[s] = PRESENT;
    frame.openE4[s] = each.openE4;
    frame.highE4[s] = each.highE4;
    frame.lowE4[s] = each.lowE4;
    frame.closeE4[s] = each.closeE4;
    frame.volume[s] = each.volume;
    frame.fillableVolume[s] = each.volume;
    frame.faults[s] = each.faults;
  });
  return frame;
}

/** A session from bars per symbol and minute; null is a missing bar. */
export function tableOf(symbols: readonly (readonly (Bar | null)[])[]): BarTable {
  const minutes = symbols[0]!.length;
  const table = new BarTable(symbols.length, minutes);
  symbols.forEach((bars, s) => {
    bars.forEach((each, minute) => {
      if (each === null) return;
      const at = s * minutes + minute;
      table.status[at] = PRESENT;
      table.openE4[at] = each.openE4;
      table.highE4[at] = each.highE4;
      table.lowE4[at] = each.lowE4;
      table.closeE4[at] = each.closeE4;
      table.volume[at] = each.volume;
      table.faults[at] = each.faults;
    });
  });
  return table;
}

export function runConfig(overrides: Partial<RunConfig> = {}): RunConfig {
  return {
    runId: 'run-1',
    bookId: overrides.runId ?? 'run-1',
    market: 'recorded',
    broker: 'simulated',
    symbols: ['AAPL', 'MSFT'],
    policy: 'rule',
    profile: 'basic',
    fees: 'tiered',
    accountUsdE4: 25_000_000,
    opening: newOpening(overrides.accountUsdE4 ?? 25_000_000),
    seed: 1,
    minutesMax: null,
    rearm: 'manual',
    ...overrides,
  };
}

/** 10 shares of AAPL decided at minute 40, at $100 with the collar. */
export function entryOrder(overrides: Partial<Order> = {}): Order {
  const minuteIndex = overrides.minuteIndex ?? 40;
  const symbol = overrides.symbol ?? 'AAPL';
  return {
    orderRef: `${SESSION.date}-${String(minuteIndex).padStart(3, '0')}-${symbol}-N`,
    kind: 'ENTRY',
    symbol,
    side: 'BUY',
    quantity: 10,
    type: 'LIMIT',
    limitPriceE4: 1_002_000,
    stopPriceE4: 0,
    referencePriceE4: 1_000_000,
    parentRef: '',
    session: SESSION.date,
    minuteIndex,
    eventMs: SESSION.openMs + (minuteIndex + 1) * MINUTE_MS,
    ...overrides,
  };
}

/** The protective stop of an entry, $2 below its price. */
export function stopOrder(entry: Order, overrides: Partial<Order> = {}): Order {
  return {
    ...entry,
    orderRef: entry.orderRef.replace(/N$/, 'P'),
    kind: 'STOP',
    side: 'SELL',
    type: 'STOP',
    limitPriceE4: 0,
    stopPriceE4: entry.referencePriceE4 - 20_000,
    parentRef: entry.orderRef,
    ...overrides,
  };
}

export function exitOrder(overrides: Partial<Order> = {}): Order {
  const entry = entryOrder(overrides);
  return {
    ...entry,
    orderRef: entry.orderRef.replace(/N$/, 'X'),
    kind: 'EXIT',
    side: 'SELL',
    type: 'MARKETABLE',
    limitPriceE4: 0,
    ...overrides,
  };
}

/** A free fill of 10 shares of AAPL at $100. */
export function fill(overrides: Partial<Fill> = {}): Fill {
  const minuteIndex = overrides.minuteIndex ?? 41;
  return {
    fillId: '20250103-040-AAPL-N.1',
    orderRef: '20250103-040-AAPL-N',
    symbol: 'AAPL',
    side: 'BUY',
    quantity: 10,
    priceE4: 1_000_000,
    fees: { commissionE4: 0, exchangeE4: 0, secE4: 0, tafE4: 0 },
    code: 'OPEN',
    session: SESSION.date,
    minuteIndex,
    eventMs: SESSION.openMs + minuteIndex * MINUTE_MS,
    sequence: 0,
    ...overrides,
  };
}

export interface Wish {
  readonly action: Action;
  readonly present: boolean;
  readonly faults: number;
  readonly markE4: number;
  readonly entryQuantity: number;
  readonly limitPriceE4: number;
}

/** One signal per symbol: HOLD at $100, and what a BUY would be where the action says so. */
export function signalsOf(wishes: readonly Partial<Wish>[]): SignalFrame {
  const frame = new SignalFrame(wishes.length);
  wishes.forEach((wish, s) => {
    frame.actions[s] = wish.action ?? HOLD;
    frame.present[s] = (wish.present ?? true) ? 1 : 0;
    frame.faults[s] = wish.faults ?? 0;
    frame.markE4[s] = wish.markE4 ?? 1_000_000;
    frame.entryQuantity[s] = wish.entryQuantity ?? 5;
    frame.limitPriceE4[s] = wish.limitPriceE4 ?? 1_002_000;
  });
  return frame;
}
