/**
 * What the bar broker does with orders, bar by bar: entries, exits, stops, gaps, thin volume, the end of the session.
 */

import type { ProfileName } from '../../../../../shared/domain/profile/profile.ts';
import { describe, expect, it } from 'vitest';
import { BarBroker } from '../../../../../shared/domain/simulator/bar-broker.ts';
import { feeTable } from '../../../../../shared/domain/execution/fee-tables.ts';
import type { BrokerReport, Order } from '../../../../../shared/domain/orders/types.ts';
import { profile } from '../../../../../shared/domain/profile/profile.ts';
import { MINUTE_MS } from '../../../../../shared/domain/units/units.ts';
import {
  type Bar,
  bar,
  entryOrder,
  exitOrder,
  frameOf,
  NEXT_SESSION,
  SESSION,
  stopOrder,
} from '../../../../support/core/core.ts';

/** A broker that has been given orders at the close of minute 40, to be stepped from minute 41 on. */
class Tape {
  readonly broker: BarBroker;
  minute = 41;

  constructor(orders: readonly Order[], name: ProfileName = 'basic', symbols: readonly string[] = ['AAPL']) {
    const fees = feeTable(name === 'bench' ? 'bench' : 'tiered');
    this.broker = new BarBroker({ symbols, profile: profile(name), fees });
    this.broker.startSession(SESSION, 390);
    this.orders(...orders);
  }

  orders(...orders: readonly Order[]): this {
    this.broker.apply({ orders, cancels: [] });
    return this;
  }

  next(...bars: readonly (Partial<Bar> | null)[]): BrokerReport {
    const frame = frameOf(bars.map((each) => (each === null ? null : bar(each))));
    const report = this.broker.onMinute(this.minute, frame);
    this.minute += 1;
    return report;
  }
}

const ENTRY = entryOrder();
const STOP = stopOrder(ENTRY);
const EXIT = exitOrder({ minuteIndex: 41 });
/** Enough for any order at the price of a share or two of impact. */
const DEEP = { volume: 1_000_000_000_000 };

/** A position of 10 shares bought at minute 41, its stop at $98 working. */
function held(): Tape {
  const tape = new Tape([ENTRY, STOP]);
  tape.next(DEEP);
  return tape;
}

describe('an entry', () => {
  it('fills at the next open plus costs, not before', () => {
    const report = new Tape([ENTRY]).next({ openE4: 1_001_000, ...DEEP });
    expect(report.fills).toMatchObject([
      {
        fillId: '20250103-040-AAPL-N.1',
        orderRef: ENTRY.orderRef,
        side: 'BUY',
        quantity: 10,
        priceE4: 1_001_100,
        code: 'OPEN',
        minuteIndex: 41,
        eventMs: SESSION.openMs + 41 * MINUTE_MS,
        sequence: 0,
      },
    ]);
    expect(report.closed).toEqual([{ orderRef: ENTRY.orderRef, reason: 'FILLED' }]);
  });

  it('does not fill where open and costs lie beyond its limit, and is gone', () => {
    const tape = new Tape([ENTRY]);
    expect(tape.next({ openE4: 1_002_000, ...DEEP })).toEqual({
      fills: [],
      closed: [{ orderRef: ENTRY.orderRef, reason: 'EXPIRED' }],
    });
    expect(tape.next({ openE4: 1_000_000 }).fills).toEqual([]);
  });

  it('fills exactly at its limit', () => {
    expect(new Tape([ENTRY]).next({ openE4: 1_001_900, ...DEEP }).fills).toMatchObject([{ priceE4: 1_002_000 }]);
  });

  it('takes a tenth of the volume of its minute and does not chase the rest', () => {
    const tape = new Tape([ENTRY, STOP]);
    const report = tape.next({ volume: 49 });
    expect(report.fills).toMatchObject([{ quantity: 4 }]);
    expect(report.closed).toEqual([{ orderRef: ENTRY.orderRef, reason: 'EXPIRED' }]);
    expect(tape.next({}).fills).toEqual([]);
  });

  it('expires without volume, and its stop with it', () => {
    expect(new Tape([ENTRY, STOP]).next({ volume: 9 })).toEqual({
      fills: [],
      closed: [
        { orderRef: ENTRY.orderRef, reason: 'EXPIRED' },
        { orderRef: STOP.orderRef, reason: 'CANCELLED' },
      ],
    });
  });

  it('expires on a missing bar, and its stop with it', () => {
    expect(new Tape([ENTRY, STOP]).next(null).closed).toEqual([
      { orderRef: ENTRY.orderRef, reason: 'EXPIRED' },
      { orderRef: STOP.orderRef, reason: 'CANCELLED' },
    ]);
  });

  it('that a decision withdraws is reported with the next minute and never fills', () => {
    const tape = new Tape([ENTRY, STOP]);
    tape.broker.apply({ orders: [], cancels: [ENTRY.orderRef] });
    expect(tape.next(DEEP)).toEqual({
      fills: [],
      closed: [
        { orderRef: ENTRY.orderRef, reason: 'CANCELLED' },
        { orderRef: STOP.orderRef, reason: 'CANCELLED' },
      ],
    });
  });

  it('is refused beside a position or another entry', () => {
    expect(() => held().orders(entryOrder({ minuteIndex: 41 }))).toThrow('flat symbol');
    expect(() => new Tape([ENTRY]).orders(ENTRY)).toThrow('flat symbol');
  });
});

describe('an exit', () => {
  it('fills at the next open less costs, at any price', () => {
    const report = held()
      .orders(EXIT)
      .next({ openE4: 400_000, ...DEEP });
    expect(report.fills).toMatchObject([{ side: 'SELL', quantity: 10, priceE4: 399_900, code: 'OPEN' }]);
    expect(report.closed).toContainEqual({ orderRef: EXIT.orderRef, reason: 'FILLED' });
  });

  it('works on until thin bars have taken it all, its fees those of one order', () => {
    const tape = held().orders(EXIT);
    const parts = [tape.next({ volume: 30 }), tape.next({ volume: 5 }), tape.next({ volume: 50 }), tape.next({})];
    expect(parts.map(({ fills }) => fills.map(({ quantity }) => quantity))).toEqual([[3], [], [5], [2]]);
    const fills = parts.flatMap((part) => part.fills);
    expect(fills.map(({ fillId }) => fillId)).toEqual([1, 2, 3].map((count) => `${EXIT.orderRef}.${count}`));
    // 10 x $0.0035 is less than the minimum of $0.35, which the first part pays.
    expect(fills.map(({ fees }) => fees.commissionE4)).toEqual([3_500, 0, 0]);
    expect(parts.at(-1)!.closed).toContainEqual({ orderRef: EXIT.orderRef, reason: 'FILLED' });
  });

  it('waits for the next good bar', () => {
    const tape = held().orders(EXIT);
    expect(tape.next(null)).toEqual({ fills: [], closed: [] });
    expect(tape.next({ openE4: 990_000, ...DEEP }).fills).toMatchObject([{ quantity: 10, minuteIndex: 43 }]);
  });

  it('goes before the stop at the open and cancels it', () => {
    const report = held()
      .orders(EXIT)
      .next({ openE4: 970_000, lowE4: 900_000, closeE4: 950_000, ...DEEP });
    expect(report.fills).toMatchObject([{ orderRef: EXIT.orderRef, priceE4: 969_900, code: 'OPEN' }]);
    expect(report.closed).toEqual([
      { orderRef: STOP.orderRef, reason: 'SUPERSEDED' },
      { orderRef: EXIT.orderRef, reason: 'FILLED' },
    ]);
  });
});

describe('a protective stop', () => {
  it('is active inside the bar of its entry', () => {
    const report = new Tape([ENTRY, STOP]).next({ openE4: 1_000_000, lowE4: 980_000, ...DEEP });
    expect(report.fills).toMatchObject([
      { side: 'BUY', priceE4: 1_000_100, sequence: 0, eventMs: SESSION.openMs + 41 * MINUTE_MS },
      { side: 'SELL', priceE4: 979_900, sequence: 1, eventMs: SESSION.openMs + 41 * MINUTE_MS + 1, code: 'STOP' },
    ]);
    expect(report.closed).toEqual([
      { orderRef: ENTRY.orderRef, reason: 'FILLED' },
      { orderRef: STOP.orderRef, reason: 'FILLED' },
    ]);
  });

  it('sleeps while the low stays above it', () => {
    const tape = held();
    expect(tape.next({ lowE4: 980_001, ...DEEP })).toEqual({ fills: [], closed: [] });
    expect(tape.next({ lowE4: 980_000, ...DEEP }).fills).toMatchObject([{ priceE4: 979_900 }]);
  });

  it('fills at its trigger less costs', () => {
    expect(held().next({ lowE4: 950_000, ...DEEP }).fills).toMatchObject([
      { orderRef: STOP.orderRef, quantity: 10, priceE4: 979_900, code: 'STOP' },
    ]);
  });

  it('fills at the open less costs where the open has jumped over it', () => {
    const bar970 = { openE4: 970_000, highE4: 990_000, lowE4: 960_000, closeE4: 985_000, ...DEEP };
    expect(held().next(bar970).fills).toMatchObject([{ priceE4: 969_900 }]);
  });

  it('waits for the next good bar', () => {
    const tape = held();
    expect(tape.next(null)).toEqual({ fills: [], closed: [] });
    expect(tape.next({ openE4: 900_000, ...DEEP }).fills).toMatchObject([{ priceE4: 899_900 }]);
  });

  it('goes on at the following opens, at any price, where its bar is too thin', () => {
    const tape = held();
    expect(tape.next({ lowE4: 970_000, volume: 60 }).fills).toMatchObject([{ quantity: 6, code: 'STOP' }]);
    const rest = tape.next({ openE4: 1_010_000, ...DEEP });
    expect(rest.fills).toMatchObject([{ quantity: 4, priceE4: 1_009_900, eventMs: SESSION.openMs + 43 * MINUTE_MS }]);
    expect(rest.closed).toEqual([{ orderRef: STOP.orderRef, reason: 'FILLED' }]);
  });

  it('sells no more than the entry has bought', () => {
    const tape = new Tape([ENTRY, STOP]);
    tape.next({ volume: 60 });
    expect(tape.next({ lowE4: 970_000, ...DEEP }).fills).toMatchObject([{ side: 'SELL', quantity: 6 }]);
    expect(tape.next({ lowE4: 900_000, ...DEEP }).fills).toEqual([]);
  });

  it('that the volume of its own entry left nothing for sells at the next open', () => {
    const tape = new Tape([ENTRY, STOP]);
    expect(tape.next({ lowE4: 970_000, volume: 60 }).fills).toMatchObject([{ side: 'BUY', quantity: 6 }]);
    expect(tape.next({ openE4: 1_010_000, ...DEEP }).fills).toMatchObject([
      { side: 'SELL', quantity: 6, priceE4: 1_009_900, code: 'STOP' },
    ]);
  });
});

describe('the last minute of a session', () => {
  const lastExit = exitOrder({ minuteIndex: 388, referencePriceE4: 1_010_000 });

  function atTheEnd(): Tape {
    const tape = held();
    tape.minute = 388;
    tape.next({ closeE4: 1_010_000, ...DEEP });
    tape.orders(lastExit);
    return tape;
  }

  it('fills the exit at its open', () => {
    expect(atTheEnd().next({ openE4: 1_020_000, ...DEEP }).fills).toMatchObject([{ code: 'OPEN', priceE4: 1_019_900 }]);
  });

  it('closes at the last mark less spread and the impact of a tenth of the volume where its bar is missing', () => {
    const report = atTheEnd().next(null);
    // $101: 10 bps x sqrt(1/10) = 3.19 cents, and 0.505 cents of spread: 100.963, rounded down.
    expect(report.fills).toMatchObject([
      {
        orderRef: lastExit.orderRef,
        quantity: 10,
        priceE4: 1_009_600,
        code: 'SESSION_END',
        minuteIndex: 389,
        eventMs: SESSION.openMs + 390 * MINUTE_MS - 1,
      },
    ]);
    expect(report.closed).toContainEqual({ orderRef: lastExit.orderRef, reason: 'FILLED' });
  });

  it('closes what a thin bar has left', () => {
    const report = atTheEnd().next({ openE4: 1_020_000, closeE4: 1_000_000, volume: 40 });
    expect(report.fills).toMatchObject([
      { quantity: 4, code: 'OPEN', sequence: 0 },
      { quantity: 6, code: 'SESSION_END', sequence: 1, priceE4: 999_600 },
    ]);
  });

  it('leaves nothing for the next session', () => {
    const tape = atTheEnd();
    tape.next(null);
    tape.broker.startSession(NEXT_SESSION, 390);
    tape.minute = 0;
    expect(tape.next({ lowE4: 1 })).toEqual({ fills: [], closed: [] });
  });

  it('ends every order and keeps the position where nobody has asked it out', () => {
    const tape = held();
    tape.minute = 389;
    expect(tape.next(DEEP)).toEqual({ fills: [], closed: [{ orderRef: STOP.orderRef, reason: 'SESSION_END' }] });
    tape.broker.startSession(NEXT_SESSION, 390);
    tape.minute = 0;
    // Its stop is gone with its session; an exit still finds it.
    expect(tape.next({ lowE4: 1, ...DEEP }).fills).toEqual([]);
    tape.orders(exitOrder({ session: NEXT_SESSION.date, minuteIndex: 0 }));
    expect(tape.next(DEEP).fills).toMatchObject([{ side: 'SELL', quantity: 10, code: 'OPEN' }]);
  });
});

describe('a session that was left in the middle', () => {
  it('leaves its position and none of its orders to the next one', () => {
    const tape = held();
    tape.orders(exitOrder({ minuteIndex: 41 }));
    tape.broker.startSession(NEXT_SESSION, 390);
    tape.minute = 0;
    expect(tape.next(DEEP).fills).toEqual([]);
    tape.orders(exitOrder({ session: NEXT_SESSION.date, minuteIndex: 0, quantity: 12 }));
    // Twelve asked for, ten held: it never sells through zero.
    expect(tape.next(DEEP).fills).toMatchObject([{ quantity: 10 }]);
    expect(tape.next(DEEP)).toEqual({ fills: [], closed: [] });
  });
});

describe('two symbols', () => {
  it('report their fills in the order of the ledger: time, symbol, sequence', () => {
    const orders = ['AAPL', 'MSFT'].flatMap((symbol) => {
      const entry = entryOrder({ symbol });
      return [entry, stopOrder(entry)];
    });
    const crash = { lowE4: 900_000, ...DEEP };
    const report = new Tape(orders, 'basic', ['AAPL', 'MSFT']).next(crash, crash);
    expect(report.fills.map(({ symbol, code }) => `${symbol} ${code}`)).toEqual([
      'AAPL OPEN',
      'MSFT OPEN',
      'AAPL STOP',
      'MSFT STOP',
    ]);
  });

  it('do not touch each other', () => {
    const tape = new Tape([ENTRY], 'basic', ['AAPL', 'MSFT']);
    expect(tape.next(DEEP, { openE4: 1 }).fills).toMatchObject([{ symbol: 'AAPL' }]);
  });

  it('refuse an order for a third', () => {
    expect(() => new Tape([entryOrder({ symbol: 'TSLA' })])).toThrow('names a symbol of the run');
  });
});

describe('the profile for comparing engines', () => {
  const entry = entryOrder({ type: 'MARKETABLE', limitPriceE4: 0, quantity: 100 });

  it('fills at exactly the next open, whatever the volume', () => {
    const tape = new Tape([entry], 'bench');
    expect(tape.next({ openE4: 1_234_567, volume: 0 }).fills).toMatchObject([{ quantity: 100, priceE4: 1_234_567 }]);
    tape.orders(exitOrder({ quantity: 100, minuteIndex: 41 }));
    expect(tape.next({ openE4: 1_111_111, volume: 1 }).fills).toMatchObject([{ quantity: 100, priceE4: 1_111_111 }]);
  });

  it('lets an entry wait for the next good bar', () => {
    const tape = new Tape([entry], 'bench');
    expect(tape.next(null)).toEqual({ fills: [], closed: [] });
    expect(tape.next({ openE4: 1_300_000 }).fills).toMatchObject([{ priceE4: 1_300_000, minuteIndex: 42 }]);
  });
});
