/**
 * Positions that this session's orders did not make: carried in, or sold below zero. They leave, and nothing stops.
 */

import { describe, expect, it } from 'vitest';
import { BUY, HOLD, SELL } from '../../../../../shared/domain/policy/actions.ts';
import type { RiskSnapshot } from '../../../../../shared/domain/risk/account-stage.ts';
import { fill, NEXT_SESSION } from '../../../../support/core/core.ts';
import { Desk, HUNDRED_E4 } from '../../../../support/core/core-desk.ts';

/** Ten shares of AAPL held over night, marked at $100. */
function overNight(quantity = 10): Desk {
  const desk = new Desk();
  const side = quantity > 0 ? 'BUY' : 'SELL';
  desk.stage.applyReport({ fills: [fill({ side, quantity: Math.abs(quantity) })], closed: [] });
  desk.step(HUNDRED_E4, [{ present: false }, {}], 389);
  desk.stage.startSession(NEXT_SESSION, NEXT_SESSION.minutes, null);
  desk.minute = 0;
  return desk;
}

describe('a position carried into a session', () => {
  it('leaves at the first good bar, whatever the policy wants, and lets nothing in before it is flat', () => {
    const desk = overNight();
    const without = desk.step(HUNDRED_E4, [{ action: BUY, present: false }, {}]);
    expect(without).toMatchObject({ orders: [], symbols: [{ verdict: 'NONE' }, {}] });
    const first = desk.step(HUNDRED_E4, [{ action: BUY }, { action: BUY }]);
    expect(first.symbols).toMatchObject([{ verdict: 'CARRIED_POSITION', quantity: 10 }, { verdict: 'APPROVED' }]);
    expect(first.orders[0]).toMatchObject({
      kind: 'EXIT',
      side: 'SELL',
      quantity: 10,
      orderRef: '20250106-001-AAPL-X',
    });
    expect(desk.step(HUNDRED_E4, [{ action: BUY }, {}]).symbols[0]).toMatchObject({ verdict: 'EXIT_WORKING' });
    desk.sells(10, HUNDRED_E4);
    desk.stage.applyReport({ fills: [], closed: [{ orderRef: '20250106-001-AAPL-X', reason: 'FILLED' }] });
    expect(desk.step(HUNDRED_E4, [{ action: BUY }, {}]).symbols[0]).toMatchObject({ verdict: 'APPROVED' });
  });

  it('counts in the equity that the session starts with, at the mark of the last close', () => {
    const { stage } = overNight();
    expect([stage.openingCashE4, stage.equity.sessionStartE4, stage.equityE4]).toEqual([
      15_000_000, 25_000_000, 25_000_000,
    ]);
  });

  it('is sold by another order than the one that the last session did not fill', () => {
    const desk = new Desk().holds(10);
    desk.step(HUNDRED_E4, [{ action: SELL }, {}], 380);
    desk.stage.startSession(NEXT_SESSION, NEXT_SESSION.minutes, null);
    desk.minute = 0;
    expect(desk.step(HUNDRED_E4, [{ action: HOLD }, {}]).symbols[0]).toMatchObject({
      verdict: 'CARRIED_POSITION',
      quantity: 10,
    });
  });

  it('is still carried after a restart', () => {
    const desk = overNight();
    const restored = new Desk();
    restored.stage.restore(JSON.parse(JSON.stringify(desk.stage.snapshot())) as RiskSnapshot);
    restored.stage.resumeSession(NEXT_SESSION, NEXT_SESSION.minutes, null);
    expect(restored.step(HUNDRED_E4, [{}, {}], 0).symbols[0]).toMatchObject({ verdict: 'CARRIED_POSITION' });
  });

  it('leaves under the close where no good bar came, and under what halts before that', () => {
    const closing = overNight().step(HUNDRED_E4, [{ present: false }, {}], 388);
    expect(closing.symbols[0]).toMatchObject({ verdict: 'FLATTEN_CLOSE', quantity: 10 });
    const late = overNight().step(HUNDRED_E4, [{}, {}], 388);
    expect(late.symbols[0]).toMatchObject({ verdict: 'CARRIED_POSITION', quantity: 10 });
    // $6 a share on 10 shares: beyond the daily loss of $50.
    const lost = overNight().step(940_000, [{}, {}], 0);
    expect(lost.symbols[0]).toMatchObject({ verdict: 'FLATTEN_DAILY_LOSS', quantity: 10 });
  });

  it('is bought back where it is short', () => {
    const { symbols, orders } = overNight(-4).step(HUNDRED_E4, [{}, {}]);
    expect(symbols[0]).toMatchObject({ verdict: 'CARRIED_POSITION', quantity: 4 });
    expect(orders).toMatchObject([{ kind: 'EXIT', side: 'BUY', quantity: 4, type: 'MARKETABLE' }]);
  });
});

describe('more sold than held', () => {
  /** A stop and an exit that both filled. */
  function oversold(setup: ConstructorParameters<typeof Desk>[0] = {}): Desk {
    return new Desk(setup).holds(3).sells(3, HUNDRED_E4).sells(3, HUNDRED_E4);
  }

  it('is bought back at once, also without a bar', () => {
    const decision = oversold().step(HUNDRED_E4, [{ action: HOLD, present: false }, {}]);
    expect(decision.symbols[0]).toMatchObject({ verdict: 'SHORT_NOT_ALLOWED', quantity: 3 });
    expect(decision.orders).toMatchObject([{ kind: 'EXIT', side: 'BUY', quantity: 3 }]);
  });

  it('keeps later minutes going: flat again, the symbol trades on', () => {
    const desk = oversold();
    const [exit] = desk.step(HUNDRED_E4, [{ action: BUY }, {}]).orders;
    desk.stage.applyReport({
      fills: [fill({ side: 'BUY', quantity: 3, orderRef: exit!.orderRef })],
      closed: [{ orderRef: exit!.orderRef, reason: 'FILLED' }],
    });
    expect(desk.stage.account.isFlat).toBe(true);
    expect(desk.step(HUNDRED_E4, [{ action: BUY }, {}]).symbols[0]).toMatchObject({ verdict: 'APPROVED' });
  });

  it('counts as exposure by its absolute value', () => {
    const desk = oversold({ cashE4: 9_000_000 });
    const decision = desk.step(HUNDRED_E4, [{}, { action: BUY, entryQuantity: 8 }]);
    // 900 - 3 x 100 = 600: 5 x 100.20 = 501.
    expect(decision.symbols[1]).toMatchObject({ verdict: 'REDUCED_LEVERAGE', quantity: 5 });
  });

  it('stays where the stage allows short positions, until the policy wants out', () => {
    const desk = oversold({ allowsShort: true });
    expect(desk.step(HUNDRED_E4, [{ action: HOLD }, {}])).toMatchObject({
      orders: [],
      symbols: [{ verdict: 'NONE' }, {}],
    });
    expect(desk.step(HUNDRED_E4, [{ action: SELL }, {}]).symbols[0]).toMatchObject({ verdict: 'EXIT', quantity: 3 });
    const buys = oversold({ allowsShort: true }).step(HUNDRED_E4, [{ action: BUY }, {}]);
    expect(buys.orders).toMatchObject([{ kind: 'EXIT', side: 'BUY', quantity: 3 }]);
  });

  it('is flat before the close even where it is allowed', () => {
    const decision = oversold({ allowsShort: true }).step(HUNDRED_E4, [{}, {}], 388);
    expect(decision.symbols[0]).toMatchObject({ verdict: 'FLATTEN_CLOSE', quantity: 3 });
  });
});
