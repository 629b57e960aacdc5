/**
 * The state machine of the risk stage: what trips it, what lifts it, and what a snapshot keeps.
 */

import { BUY, HOLD, SELL } from '../../../../../shared/domain/policy/actions.ts';
import { describe, expect, it } from 'vitest';
import { fill, NEXT_SESSION, SESSION } from '../../../../support/core/core.ts';
import { Desk, HUNDRED_E4 } from '../../../../support/core/core-desk.ts';

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

  it.each([
    ['the session that it tripped in', 60_000, 'REDUCING/DAILY_LOSS'],
    ['the session before', -60_000, 'ACTIVE/NONE'],
  ])('that a book brings from %s lasts until the open after it', (_, sinceOpenMs, state) => {
    const sinceMs = SESSION.openMs + sinceOpenMs;
    const desk = new Desk({ carried: [{ cause: 'DAILY_LOSS', sinceMs, by: 'core', why: 'a test says so' }] });
    expect(desk.state).toBe(state);
    expect(desk.nextSession().state).toBe('ACTIVE/NONE');
  });

  it('takes nothing of what stood before it: a feed that is dead is still dead at the next open', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(10).imposes('FEED_DEAD');
    desk.step(950_000);
    expect(desk.state).toBe('REDUCING/DAILY_LOSS+FEED_DEAD');
    desk.sells(10, 950_000).nextSession();
    const decision = desk.step(950_000, [{ action: BUY }, {}]);
    expect([desk.state, decision.symbols[0]?.verdict]).toEqual(['REDUCING/FEED_DEAD', 'STATE_REDUCING']);
  });

  it('is measured from the equity at the prior close', () => {
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
    expect(desk.stage.equity.limitReferenceE4).toBe(100_600_000);
    const decision = desk.step(980_000);
    expect(desk.state).toBe('HALTED/DRAWDOWN');
    expect(decision.symbols[0]).toMatchObject({ verdict: 'FLATTEN_DRAWDOWN', quantity: 20 });
    desk.sells(20, 980_000).step(980_000, [{ action: BUY }, { action: BUY }]);
    desk.stage.startSession(NEXT_SESSION, 390, null);
    const after = desk.step(980_000, [{ action: BUY }, { action: SELL }], 0);
    expect(after).toMatchObject({ state: 'HALTED', causes: [{ cause: 'DRAWDOWN', by: 'core' }], orders: [] });
    expect(after.symbols.map(({ verdict }) => verdict)).toEqual(['STATE_HALTED', 'NONE']);
  });

  it('halts at 3 % of the peak under enhanced where that is less', () => {
    const desk = new Desk({ name: 'enhanced', cashE4: 10_000_000 }).holds(5);
    desk.imposes('FEED_DEAD');
    desk.step(940_001);
    expect(desk.stage.state).toBe('REDUCING');
    desk.step(940_000);
    expect(desk.state).toBe('HALTED/DRAWDOWN+DAILY_LOSS+FEED_DEAD');
  });

  it('is 3 % of the peak as it runs, not of the account it began with', () => {
    const desk = new Desk({ name: 'enhanced', cashE4: 10_000_000 }).holds(5);
    desk.step(1_100_000);
    desk.step(1_037_001);
    expect(desk.state).toBe('ACTIVE/NONE');
    desk.step(1_037_000);
    expect(desk.state).toBe('HALTED/DRAWDOWN');
  });

  it('is named before the daily loss where both are reached, and both stand', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(20);
    const decision = desk.step(900_000);
    expect(desk.state).toBe('HALTED/DRAWDOWN+DAILY_LOSS');
    expect(decision.symbols[0]?.verdict).toBe('FLATTEN_DRAWDOWN');
    desk.sells(20, 900_000).stage.startSession(NEXT_SESSION, 390, null);
    expect(desk.state).toBe('HALTED/DRAWDOWN');
  });

  it('remembers the close of the minute that halted, and a later halt has its own', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(20);
    desk.step(1_000_000);
    desk.step(950_000);
    desk.step(940_000);
    expect(desk.stage.haltedAtMs).toBe(SESSION.openMs + 2 * 60_000);
    desk.sells(20, 940_000).step(940_000);
    desk.stage.arm({ acceptAudit: null });
    expect(desk.stage.haltedAtMs).toBeNull();
    desk.stage.impose({ cause: 'OPERATOR_HALT', sinceMs: SESSION.openMs + 9 * 60_000, by: 'page', why: 'lunch' });
    expect(desk.stage.haltedAtMs).toBe(SESSION.openMs + 9 * 60_000);
  });

  it('of the limit counts from the present equity when armed by hand, that of the account from its peak', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(20);
    desk.step(950_000);
    desk.sells(20, 950_000);
    desk.stage.startSession(NEXT_SESSION, 390, null);
    desk.stage.arm({ acceptAudit: null });
    desk.step(950_000, [{}, {}], 0);
    expect([desk.state, desk.stage.rearms]).toEqual(['ACTIVE/NONE', 0]);
    desk.holds(10, 950_000).step(900_000);
    expect(desk.stage.equity).toMatchObject({
      accountPeakE4: 100_000_000,
      maxDrawdownE4: 1_500_000,
      limitReferenceE4: 99_000_000,
      maxLimitDrawdownE4: 1_000_000,
    });
  });

  it('is armed at the first flat minute of a session where the run says so, and counts that', () => {
    const desk = new Desk({ cashE4: 100_000_000, rearm: 'session' }).holds(20);
    desk.step(950_000);
    desk.sells(20, 950_000).step(950_000);
    expect(desk.state).toBe('HALTED/DRAWDOWN+DAILY_LOSS');
    desk.stage.startSession(NEXT_SESSION, 390, null);
    expect(desk.state).toBe('HALTED/DRAWDOWN');
    desk.stage.account.markAt(0, 950_000);
    expect(desk.stage.evaluate(0)).toMatchObject({
      kind: 'armed',
      lifted: [{ cause: 'DRAWDOWN' }],
      formerReferenceE4: 100_000_000,
      referenceE4: 99_000_000,
    });
    expect(desk.state).toBe('ACTIVE/NONE');
    expect(desk.stage.rearms).toBe(1);
  });

  it('that is reached while an operator has halted stands beside the halt, with words of its own', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(20).imposes('OPERATOR_HALT');
    desk.step(950_000);
    expect(desk.state).toBe('HALTED/DRAWDOWN+OPERATOR_HALT+DAILY_LOSS');
    expect(desk.stage.causes[0]).toEqual({
      cause: 'DRAWDOWN',
      sinceMs: SESSION.openMs + 60_000,
      by: 'core',
      why: '$100.00 below $10,000.00, limit $100.00',
    });
  });

  it('is not armed by the run in the session that it tripped in, however flat the account is', () => {
    const desk = new Desk({ cashE4: 100_000_000, rearm: 'session' }).holds(20);
    desk.step(950_000);
    desk.sells(20, 950_000).step(950_000);
    desk.step(950_000);
    expect([desk.state, desk.stage.rearms]).toEqual(['HALTED/DRAWDOWN+DAILY_LOSS', 0]);
  });
});

describe('an operator', () => {
  it('who halts sees everything sold and nothing bought until arm', () => {
    const desk = new Desk().holds(3);
    desk.imposes('OPERATOR_HALT');
    const decision = desk.step(HUNDRED_E4, [{ action: BUY }, { action: BUY }]);
    expect(decision.symbols.map(({ verdict }) => verdict)).toEqual(['FLATTEN_OPERATOR', 'STATE_HALTED']);
    desk.sells(3, HUNDRED_E4);
    desk.stage.startSession(NEXT_SESSION, 390, null);
    expect(desk.state).toBe('HALTED/OPERATOR_HALT');
    desk.stage.arm({ acceptAudit: null });
    expect(desk.step(HUNDRED_E4, [{ action: BUY }, {}], 40).orders.map(({ kind }) => kind)).toEqual(['ENTRY', 'STOP']);
  });

  it.each([
    ['a session that this run has yet to come to, from the first open on', 9 * 86_400_000, 0],
    ['the minutes of its first session, from the open on', 5 * 60_000, 0],
    ['an earlier session, as it was', -86_400_000, -86_400_000],
  ])('whose halt a book brings from %s', (_, sinceOpenMs, standsSinceOpenMs) => {
    const standing = { cause: 'OPERATOR_HALT', by: 'ada', why: 'lunch' } as const;
    const { stage } = new Desk({ carried: [{ ...standing, sinceMs: SESSION.openMs + sinceOpenMs }] });
    expect(stage.causes).toEqual([{ ...standing, sinceMs: SESSION.openMs + standsSinceOpenMs }]);
    expect(stage.haltedAtMs).toBe(SESSION.openMs + standsSinceOpenMs);
  });

  it('who halts between two sessions did so at the close', () => {
    const desk = new Desk();
    desk.step(HUNDRED_E4);
    const sinceMs = desk.stage.lastCloseMs;
    desk.stage.impose({ cause: 'OPERATOR_HALT', sinceMs, by: 'ada', why: 'lunch' });
    desk.stage.startSession(NEXT_SESSION, 390, null);
    expect(desk.stage.haltedAtMs).toBe(sinceMs);
  });

  it('who halts is not overruled by a run that arms at each open', () => {
    const desk = new Desk({ rearm: 'session' });
    desk.imposes('OPERATOR_HALT');
    desk.stage.startSession(NEXT_SESSION, 390, null);
    expect(desk.state).toBe('HALTED/OPERATOR_HALT');
    expect(desk.stage.rearms).toBe(0);
  });

  it('who flattens sees everything sold and nothing bought until arm, also past a daily loss and an open', () => {
    const desk = new Desk({ cashE4: 100_000_000 }).holds(10);
    desk.imposes('OPERATOR_FLATTEN');
    const decision = desk.step(950_000, [{}, { action: BUY }]);
    expect(desk.state).toBe('REDUCING/OPERATOR_FLATTEN+DAILY_LOSS');
    expect(decision.symbols.map(({ verdict }) => verdict)).toEqual(['FLATTEN_OPERATOR', 'STATE_REDUCING']);
    desk.sells(10, 950_000);
    desk.stage.startSession(NEXT_SESSION, 390, null);
    expect(desk.state).toBe('REDUCING/OPERATOR_FLATTEN');
    desk.stage.arm({ acceptAudit: null });
    expect(desk.state).toBe('ACTIVE/NONE');
  });

  it('cannot soften a halt by flattening', () => {
    const desk = new Desk().imposes('OPERATOR_HALT').imposes('OPERATOR_FLATTEN').imposes('FEED_DEAD');
    expect(desk.state).toBe('HALTED/OPERATOR_HALT+OPERATOR_FLATTEN+FEED_DEAD');
  });
});

describe('a dead feed', () => {
  it('lets positions shrink, keeps those that nobody sells, and buys nothing', () => {
    const desk = new Desk().holds(3);
    desk.imposes('FEED_DEAD');
    expect(desk.step(HUNDRED_E4, [{ action: HOLD }, { action: BUY }]).symbols).toMatchObject([
      { verdict: 'NONE' },
      { verdict: 'STATE_REDUCING' },
    ]);
    expect(desk.step(HUNDRED_E4, [{ action: SELL }, {}]).symbols[0]).toMatchObject({ verdict: 'EXIT', quantity: 3 });
  });

  it('is lifted by its own recovery only', () => {
    const desk = new Desk().imposes('FEED_DEAD');
    desk.stage.watch('RUNNER_DEAD', null);
    expect(desk.state).toBe('REDUCING/FEED_DEAD');
    desk.stage.watch('FEED_DEAD', null);
    expect(desk.state).toBe('ACTIVE/NONE');
  });
});

describe('a snapshot', () => {
  it('holds what a session began with', () => {
    const desk = new Desk().holds(3).sells(3, 1_010_000);
    expect(desk.stage.snapshot()).toMatchObject({ openingCashE4: 25_000_000, sessionStartE4: 25_000_000 });
    desk.step(HUNDRED_E4);
    expect([desk.stage.lastMinute, desk.stage.lastCloseMs]).toEqual([0, SESSION.openMs + 60_000]);
    desk.stage.startSession(NEXT_SESSION, 390, null);
    expect(desk.stage.snapshot()).toMatchObject({ openingCashE4: 25_030_000, sessionStartE4: 25_030_000 });
    expect([desk.stage.lastMinute, desk.stage.lastCloseMs]).toEqual([-1, NEXT_SESSION.openMs]);
  });

  it('is what a restored stage holds, and is not written into by it', () => {
    const desk = new Desk({ name: 'enhanced' }).holds(3);
    desk.imposes('OPERATOR_HALT').imposes('FEED_DEAD');
    desk.step(HUNDRED_E4, [{ action: SELL }, {}]);
    const snapshot = desk.stage.snapshot();
    const kept = structuredClone(snapshot);
    const other = new Desk({ name: 'enhanced', cashE4: 1 });
    other.stage.restore(snapshot);
    expect(other.stage.snapshot()).toEqual(kept);
    const orderRef = '20250103-000-AAPL-X';
    other.stage.applyReport({ fills: [fill({ orderRef, side: 'SELL', quantity: 1 })], closed: [] });
    other.step(HUNDRED_E4);
    expect(snapshot).toEqual(kept);
  });
});
