/**
 * The orders of the risk stage: who may still trade, what counts as exposure, what a decision records.
 */

import { BUY, SELL } from '../../../../../shared/domain/policy/actions.ts';
import { describe, expect, it } from 'vitest';
import { Desk, HUNDRED_E4 } from '../../../../support/core/core-desk.ts';

describe('an order', () => {
  it('to reduce passes without a bar, with a fault and in any state', () => {
    for (const cause of ['FEED_DEAD', 'OPERATOR_FLATTEN', null] as const) {
      const desk = new Desk().holds(3);
      if (cause !== null) desk.imposes(cause);
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

  it('to sell what is not held is not an order: shorting is off', () => {
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

describe('the record of a decision', () => {
  it('is not written into by later minutes', () => {
    const desk = new Desk();
    const quiet = desk.step(HUNDRED_E4);
    desk.step(HUNDRED_E4, [{ action: BUY }, {}]);
    expect(quiet.orders).toEqual([]);
  });
});
