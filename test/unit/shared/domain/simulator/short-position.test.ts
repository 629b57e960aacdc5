/**
 * A short position at the bar broker. No order of ours makes one there, so an entry that sells is injected.
 */

import { describe, expect, it } from 'vitest';
import { feeTable } from '../../../../../shared/domain/execution/fee-tables.ts';
import type { BrokerReport, Order } from '../../../../../shared/domain/orders/types.ts';
import { profile } from '../../../../../shared/domain/profile/profile.ts';
import { BarBroker } from '../../../../../shared/domain/simulator/bar-broker.ts';
import { type Bar, bar, entryOrder, exitOrder, frameOf, SESSION } from '../../../../support/core/core.ts';

/** Enough for any order at the price of a share or two of impact. */
const DEEP = { volume: 1_000_000_000_000 };

/** Ten shares sold at minute 41 that nobody had. */
function short(): BarBroker {
  const broker = new BarBroker({ symbols: ['AAPL'], profile: profile('basic'), fees: feeTable('tiered') });
  broker.startSession(SESSION, 390);
  broker.apply({ orders: [entryOrder({ side: 'SELL', type: 'MARKETABLE', limitPriceE4: 0 })], cancels: [] });
  next(broker, 41, DEEP);
  return broker;
}

function next(
  broker: BarBroker,
  minute: number,
  given: Partial<Bar> | null,
  ...orders: readonly Order[]
): BrokerReport {
  broker.apply({ orders, cancels: [] });
  return broker.onMinute(minute, frameOf([given === null ? null : bar(given)]));
}

describe('a short position', () => {
  it('is what the broker says is held', () => {
    expect(short().positions()).toEqual([{ symbol: 'AAPL', quantity: -10 }]);
  });

  it('is bought back by its exit, and no further than to nothing', () => {
    const broker = short();
    const exit = exitOrder({ side: 'BUY', minuteIndex: 41, quantity: 12 });
    expect(next(broker, 42, DEEP, exit)).toMatchObject({ fills: [{ side: 'BUY', quantity: 10, code: 'OPEN' }] });
    expect(broker.positions()).toEqual([]);
    expect(next(broker, 43, DEEP)).toEqual({ fills: [], closed: [] });
  });

  it('is bought back at the last mark plus costs where the last minute has no bar', () => {
    const broker = short();
    next(broker, 388, { closeE4: 1_010_000, ...DEEP });
    const exit = exitOrder({ side: 'BUY', minuteIndex: 388, referencePriceE4: 1_010_000 });
    // $101: 3.19 cents of impact and 0.505 of spread: 101.037, rounded up.
    expect(next(broker, 389, null, exit).fills).toMatchObject([
      { side: 'BUY', quantity: 10, priceE4: 1_010_400, code: 'SESSION_END' },
    ]);
  });
});
