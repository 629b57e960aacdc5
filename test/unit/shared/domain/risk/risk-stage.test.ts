/**
 * The state machine and the orders of the risk stage: trips, what lifts them, who may still trade meanwhile.
 */

import { describe, expect, it } from 'vitest';
import { feeTable } from '../../../../../shared/domain/execution/fee-tables.ts';
import { profile } from '../../../../../shared/domain/risk/profile.ts';
import { RiskStage } from '../../../../../shared/domain/risk/risk-stage.ts';
import { BUY, HOLD, type ProfileName, SELL } from '../../../../../shared/domain/risk/types.ts';
import type { RearmMode } from '../../../../../shared/domain/run-config.ts';
import { fill, NEXT_SESSION, SESSION, signalsOf, type Wish } from '../../../../support/core.ts';

const HUNDRED_E4 = 1_000_000;

interface Setup {
  readonly name?: ProfileName;
  readonly rearm?: RearmMode;
  readonly cashE4?: number;
  readonly symbols?: readonly string[];
}

/** A stage in a session, stepped by fills, marks and wishes. */
class Desk {
  readonly stage: RiskStage;
  minute = 0;

  constructor({ name = 'basic', rearm = 'manual', cashE4 = 25_000_000, symbols = ['AAPL', 'MSFT'] }: Setup = {}) {
    this.stage = new RiskStage({ symbols, profile: profile(name), feeTable: feeTable('tiered'), cashE4, rearm });
    this.stage.startSession(SESSION, SESSION.minutes, null);
  }

  /** Books a position without an order of its own: what the state machine sees is the account. */
  holds(quantity: number, priceE4 = HUNDRED_E4): this {
    this.stage.applyReport({ fills: [fill({ quantity, priceE4 })], closed: [] });
    return this;
  }

  sells(quantity: number, priceE4: number): this {
    this.stage.applyReport({ fills: [fill({ side: 'SELL', quantity, priceE4 })], closed: [] });
    return this;
  }

  /** One minute at these marks; returns what was decided. */
  step(markE4: number, wishes: readonly Partial<Wish>[] = [{}, {}], minute = this.minute) {
    this.stage.account.markAt(0, markE4);
    this.stage.evaluate(minute);
    const { symbols, decision } = { symbols: ['AAPL', 'MSFT'], decision: this.stage.decide(minute, signalsOf(wishes)) };
    this.minute = minute + 1;
    return decision.toDecision({ symbols, session: SESSION.date, minutes: SESSION.minutes });
  }

  get state(): string {
    return `${this.stage.state}/${this.stage.cause}`;
  }
}

describe('the daily loss', () => {
  it('trips at $50 of a large account, unrealised losses included, and flattens', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(10);
    expect(desk.step(950_001).orders).toEqual([]);
    expect(desk.state).toBe('ACTIVE/NONE');
    const decision = desk.step(950_000, [{}, { action: BUY }]);
    expect(desk.state).toBe('REDUCING/DAILY_LOSS');
    expect(decision.orders).toMatchObject([{ kind: 'EXIT', symbol: 'AAPL', quantity: 10, side: 'SELL' }]);
    expect(decision.symbols.map(({ verdict }) => verdict)).toEqual(['FLATTEN_DAILY_LOSS', 'STATE_REDUCING']);
  });

  it('trips at 2 % of the equity at the start of the session where that is less', () => {
    const desk = new Desk({ cashE4: 10_000_000 }).holds(5);
    desk.step(960_001);
    expect(desk.state).toBe('ACTIVE/NONE');
    desk.step(960_000);
    expect(desk.state).toBe('REDUCING/DAILY_LOSS');
  });

  it('counts fees', () => {
    const fees = { commissionE4: 3_500, exchangeE4: 300, secE4: 0, tafE4: 0 };
    const desk = new Desk({ cashE4: 100_000_000 });
    desk.stage.applyReport({ fills: [fill({ fees })], closed: [] });
    desk.step(950_380);
    expect(desk.state).toBe('REDUCING/DAILY_LOSS');
  });

  it('lasts through a recovery until the next session opens', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(10);
    desk.step(950_000);
    desk.sells(10, 1_200_000).step(1_200_000, [{ action: BUY }, {}]);
    expect(desk.state).toBe('REDUCING/DAILY_LOSS');
    desk.stage.startSession(NEXT_SESSION, 390, null);
    expect(desk.state).toBe('ACTIVE/NONE');
  });

  it('is measured anew from the equity at the prior close', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(10);
    desk.sells(10, 960_000).step(960_000);
    desk.stage.startSession(NEXT_SESSION, 390, null);
    desk.holds(10).step(960_000, [{}, {}], 0);
    expect(desk.state).toBe('ACTIVE/NONE');
    desk.step(950_000);
    expect(desk.state).toBe('REDUCING/DAILY_LOSS');
  });
});

describe('the drawdown', () => {
  it('halts at $100 below the running peak, flattens, and stays halted', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(20);
    desk.step(1_030_000);
    expect(desk.stage.peakE4).toBe(100_600_000);
    const decision = desk.step(980_000);
    expect(desk.state).toBe('HALTED/DRAWDOWN');
    expect(decision.symbols[0]).toMatchObject({ verdict: 'FLATTEN_DRAWDOWN', quantity: 20 });
    desk.sells(20, 980_000).step(980_000, [{ action: BUY }, { action: BUY }]);
    desk.stage.startSession(NEXT_SESSION, 390, null);
    const after = desk.step(980_000, [{ action: BUY }, { action: SELL }], 0);
    expect(after).toMatchObject({ state: 'HALTED', stateCause: 'DRAWDOWN', orders: [] });
    expect(after.symbols.map(({ verdict }) => verdict)).toEqual(['STATE_HALTED', 'NONE']);
  });

  it('halts at 3 % of the peak under enhanced where that is less', () => {
    const desk = new Desk({ name: 'enhanced', cashE4: 10_000_000 }).holds(5);
    desk.stage.reduce('FEED_DEAD');
    desk.step(940_001);
    expect(desk.stage.state).toBe('REDUCING');
    desk.step(940_000);
    expect(desk.state).toBe('HALTED/DRAWDOWN');
  });

  it('comes before the daily loss where both are reached', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(20);
    desk.step(900_000);
    expect(desk.state).toBe('HALTED/DRAWDOWN');
  });

  it('remembers the close of the minute that halted, not a later one', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(20);
    desk.step(1_000_000);
    desk.step(950_000);
    desk.step(940_000);
    expect(desk.stage.haltedAtMs).toBe(SESSION.openMs + 2 * 60_000);
  });

  it('starts anew from the present equity when armed by hand', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(20);
    desk.step(950_000);
    desk.sells(20, 950_000);
    desk.stage.startSession(NEXT_SESSION, 390, null);
    desk.stage.arm();
    desk.step(950_000, [{}, {}], 0);
    expect(desk.state).toBe('ACTIVE/NONE');
    expect(desk.stage).toMatchObject({ peakE4: 99_000_000, rearms: 1, maxDrawdownE4: 1_000_000 });
  });

  it('is armed at each open where the run says so, and counts that', () => {
    const desk = new Desk({ cashE4: 100_000_000, rearm: 'session' }).holds(20);
    desk.step(950_000);
    desk.sells(20, 950_000).step(950_000);
    expect(desk.state).toBe('HALTED/DRAWDOWN');
    desk.stage.startSession(NEXT_SESSION, 390, null);
    expect(desk.state).toBe('ACTIVE/NONE');
    expect(desk.stage).toMatchObject({ peakE4: 99_000_000, rearms: 1 });
    expect(desk.stage.haltedAtMs).not.toBeNull();
  });
});

describe('an operator', () => {
  it('who halts sees everything sold and nothing bought until arm', () => {
    const desk = new Desk().holds(3);
    desk.stage.halt('OPERATOR', SESSION.openMs);
    const decision = desk.step(HUNDRED_E4, [{ action: BUY }, { action: BUY }]);
    expect(decision.symbols.map(({ verdict }) => verdict)).toEqual(['FLATTEN_OPERATOR', 'STATE_HALTED']);
    desk.sells(3, HUNDRED_E4);
    desk.stage.startSession(NEXT_SESSION, 390, null);
    expect(desk.state).toBe('HALTED/OPERATOR');
    desk.stage.arm();
    expect(desk.step(HUNDRED_E4, [{ action: BUY }, {}], 40).orders.map(({ kind }) => kind)).toEqual(['ENTRY', 'STOP']);
  });

  it('who flattens sees everything sold and nothing bought until arm, also past a daily loss and an open', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(10);
    desk.stage.flatten();
    const decision = desk.step(950_000, [{}, { action: BUY }]);
    expect(desk.state).toBe('REDUCING/OPERATOR');
    expect(decision.symbols.map(({ verdict }) => verdict)).toEqual(['FLATTEN_OPERATOR', 'STATE_REDUCING']);
    desk.sells(10, 950_000);
    desk.stage.startSession(NEXT_SESSION, 390, null);
    expect(desk.state).toBe('REDUCING/OPERATOR');
    desk.stage.arm();
    expect(desk.state).toBe('ACTIVE/NONE');
  });

  it('cannot soften a halt by flattening', () => {
    const desk = new Desk();
    desk.stage.halt('OPERATOR', SESSION.openMs);
    desk.stage.flatten();
    desk.stage.reduce('FEED_DEAD');
    expect(desk.state).toBe('HALTED/OPERATOR');
  });
});

describe('a dead feed', () => {
  it('lets positions shrink, keeps those that nobody sells, and buys nothing', () => {
    const desk = new Desk().holds(3);
    desk.stage.reduce('FEED_DEAD');
    expect(desk.step(HUNDRED_E4, [{ action: HOLD }, { action: BUY }]).symbols).toMatchObject([
      { verdict: 'NONE' },
      { verdict: 'STATE_REDUCING' },
    ]);
    expect(desk.step(HUNDRED_E4, [{ action: SELL }, {}]).symbols[0]).toMatchObject({ verdict: 'EXIT', quantity: 3 });
  });

  it('is lifted by its own recovery only', () => {
    const desk = new Desk();
    desk.stage.reduce('FEED_DEAD');
    desk.stage.recover('RUNNER_DEAD');
    expect(desk.state).toBe('REDUCING/FEED_DEAD');
    desk.stage.recover('FEED_DEAD');
    expect(desk.state).toBe('ACTIVE/NONE');
  });
});

describe('an order', () => {
  it('to reduce passes without a bar, with a fault and in any state', () => {
    for (const state of ['reduce', 'flatten', 'none'] as const) {
      const desk = new Desk().holds(3);
      if (state === 'reduce') desk.stage.reduce('FEED_DEAD');
      if (state === 'flatten') desk.stage.flatten();
      const decision = desk.step(HUNDRED_E4, [{ action: SELL, present: false, faults: 1 }, {}]);
      expect(decision.orders).toMatchObject([{ kind: 'EXIT', type: 'MARKETABLE', quantity: 3 }]);
    }
  });

  it('to reduce is not sent without a price', () => {
    const desk = new Desk().holds(3);
    expect(desk.step(0, [{ action: SELL }, {}])).toMatchObject({
      orders: [],
      symbols: [{ verdict: 'PRICE_MISSING' }, {}],
    });
  });

  it('to reduce is not sent twice while the first one works', () => {
    const desk = new Desk().holds(3);
    desk.step(HUNDRED_E4, [{ action: SELL }, {}]);
    const again = desk.step(HUNDRED_E4, [{ action: SELL }, {}]);
    expect(again).toMatchObject({ orders: [], symbols: [{ verdict: 'EXIT_WORKING', quantity: 0 }, {}] });
  });

  it('to sell what is not held is no order: shorting is off', () => {
    const decision = new Desk().step(HUNDRED_E4, [{ action: SELL }, { action: SELL }]);
    expect(decision).toMatchObject({ orders: [], symbols: [{ verdict: 'NONE' }, { verdict: 'NONE' }] });
  });

  it('to buy what is held, or what is being bought, resizes nothing', () => {
    const desk = new Desk().holds(3);
    desk.stage.account.markAt(1, HUNDRED_E4);
    const first = desk.step(HUNDRED_E4, [{ action: BUY }, { action: BUY }]);
    expect(first.orders.map(({ orderRef }) => orderRef)).toEqual(['20250103-000-MSFT-N', '20250103-000-MSFT-P']);
    expect(desk.step(HUNDRED_E4, [{ action: BUY }, { action: BUY }]).orders).toEqual([]);
  });

  it('of the same minute counts as exposure for the next symbol', () => {
    const desk = new Desk({ cashE4: 9_000_000 });
    const wish = { action: BUY, entryQuantity: 6 } as const;
    const decision = desk.step(HUNDRED_E4, [wish, wish]);
    // 900 - 6 x 100.20 = 298.80: 2 x 100.20 = 200.40.
    expect(decision.symbols).toMatchObject([
      { verdict: 'APPROVED', quantity: 6 },
      { verdict: 'REDUCED_LEVERAGE', quantity: 2 },
    ]);
  });

  it('that still works counts as exposure until the broker closes it', () => {
    const desk = new Desk({ cashE4: 9_000_000 });
    const wish = { action: BUY, entryQuantity: 8 } as const;
    const [entry] = desk.step(HUNDRED_E4, [wish, {}]).orders;
    expect(desk.step(HUNDRED_E4, [{}, wish]).symbols[1]).toMatchObject({ verdict: 'LEVERAGE_EXCEEDS_MAX' });
    desk.stage.applyReport({ fills: [], closed: [{ orderRef: entry!.orderRef, reason: 'EXPIRED' }] });
    expect(desk.step(HUNDRED_E4, [{}, wish]).symbols[1]).toMatchObject({ verdict: 'APPROVED', quantity: 8 });
  });

  it('to buy is withdrawn when the signal turns before it has filled', () => {
    const desk = new Desk();
    desk.step(HUNDRED_E4, [{ action: BUY }, {}]);
    const decision = desk.step(HUNDRED_E4, [{ action: SELL }, {}]);
    expect(decision).toMatchObject({ orders: [], cancels: ['20250103-000-AAPL-N'] });
    expect(decision.symbols[0]).toMatchObject({ verdict: 'ENTRY_CANCELLED', quantity: 0 });
  });
});

describe('the end of the session', () => {
  it('takes the last BUY at the third minute from its end, and is flat from the one after', () => {
    const desk = new Desk().holds(3);
    const last = desk.step(HUNDRED_E4, [{}, { action: BUY }], 387);
    expect(last.symbols[1]).toMatchObject({ verdict: 'APPROVED' });
    const forced = new Desk().holds(3).step(HUNDRED_E4, [{ action: BUY }, { action: BUY }], 388);
    expect(forced.symbols).toMatchObject([
      { verdict: 'FLATTEN_CLOSE', quantity: 3 },
      { verdict: 'ENTRY_WINDOW_CLOSED', quantity: 0 },
    ]);
  });
});

describe('value at risk', () => {
  it('refuses entries of enhanced without a history', () => {
    const desk = new Desk({ name: 'enhanced' });
    expect(desk.step(HUNDRED_E4, [{ action: BUY }, {}]).symbols[0]).toMatchObject({ verdict: 'VAR_NO_HISTORY' });
  });
});

describe('the order rate', () => {
  it('counts entries and exits of one minute, not their stops', () => {
    const symbols = Array.from({ length: 25 }, (_, at) => `S${String(at).padStart(2, '0')}`);
    const stage = new RiskStage({
      symbols,
      profile: { ...profile('basic'), ordersPerMinuteMax: 20 },
      feeTable: feeTable('tiered'),
      cashE4: 1_000_000_000,
      rearm: 'manual',
    });
    stage.startSession(SESSION, 390, null);
    stage.evaluate(40);
    const decision = stage.decide(40, signalsOf(symbols.map(() => ({ action: BUY, entryQuantity: 1 }))));
    const { orders, symbols: verdicts } = decision.toDecision({ symbols, session: SESSION.date, minutes: 390 });
    expect(orders.filter(({ kind }) => kind === 'ENTRY')).toHaveLength(20);
    expect(verdicts.slice(20).every(({ verdict }) => verdict === 'ORDER_RATE_EXCEEDED')).toBe(true);
  });
});

describe('the record of a decision', () => {
  it('is not written into by later minutes', () => {
    const desk = new Desk();
    const quiet = desk.step(HUNDRED_E4);
    desk.step(HUNDRED_E4, [{ action: BUY }, {}]);
    expect(quiet.orders).toEqual([]);
  });
});
