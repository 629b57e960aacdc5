/**
 * Where a protective stop lies: $25 less the fees of the round trip, over the shares, in ticks, below the limit price.
 */

import { describe, expect, it } from 'vitest';
import { feeTable } from '../../../../../shared/domain/execution/fee-tables.ts';
import { sessionFees } from '../../../../../shared/domain/execution/fees.ts';
import { entryOrders } from '../../../../../shared/domain/risk/order-factory.ts';
import { profile } from '../../../../../shared/domain/risk/profile.ts';
import { protectiveStopE4 } from '../../../../../shared/domain/risk/protective-stop.ts';
import { SESSION } from '../../../../support/core/core.ts';

/** A session without a fee on sales but the trading activity fee of $0.000166 a share. */
const TIERED_2025 = sessionFees(feeTable('tiered'), 20250602);
const FIXED_2025 = sessionFees(feeTable('fixed'), 20250602);

describe('a protective stop', () => {
  it('leaves room for the fees of both sides', () => {
    // Tiered, 9 shares: twice max($0.35, 9 x $0.0035) + twice 9 x $0.0030 + 9 x $0.000166 = 0.70 + 0.054 + 0.0015.
    // (25 - 0.7555) / 9 = 2.6938, in cents 2.69: 100.20 - 2.69.
    const entry = { limitPriceE4: 1_002_000, quantity: 9 };
    expect(protectiveStopE4(profile('basic'), TIERED_2025, entry)).toBe(975_100);
    // Fixed: twice max($1, 9 x $0.005) + 0.0015; (25 - 2.0015) / 9 = 2.5554: 100.20 - 2.55.
    expect(protectiveStopE4(profile('basic'), FIXED_2025, entry)).toBe(976_500);
  });

  it('is in hundredths of a cent below one dollar, and at least one of them', () => {
    // 100 shares: twice $0.35 + twice 100 x $0.0030 + $0.0166 = 1.3166; (25 - 1.3166) / 100 = 0.236834.
    const entry = { limitPriceE4: 9_000, quantity: 100 };
    expect(protectiveStopE4(profile('basic'), TIERED_2025, entry)).toBe(9_000 - 2_368);
    expect(protectiveStopE4(profile('basic'), TIERED_2025, { ...entry, limitPriceE4: 2_000 })).toBe(1);
  });

  it('lies at the limit price where the fees take all the room', () => {
    const narrow = { ...profile('basic'), singleLossMaxUsdE4: 5_000 };
    expect(protectiveStopE4(narrow, TIERED_2025, { limitPriceE4: 1_002_000, quantity: 9 })).toBe(1_002_000);
  });

  it('does not exist where the profile caps no single loss', () => {
    expect(protectiveStopE4(profile('bench'), FIXED_2025, { limitPriceE4: 0, quantity: 100 })).toBeNull();
  });
});

describe('the orders of an entry', () => {
  const address = {
    symbol: 'AAPL',
    session: SESSION.date,
    minuteIndex: 29,
    eventMs: SESSION.openMs + 30 * 60_000,
    referencePriceE4: 1_000_000,
    quantity: 9,
    limitPriceE4: 1_002_000,
  };

  it('are a limit order for one minute and a stop that is its child', () => {
    const [entry, stop] = entryOrders(profile('basic'), TIERED_2025, address);
    expect(entry).toMatchObject({
      orderRef: '20250103-029-AAPL-N',
      kind: 'ENTRY',
      side: 'BUY',
      type: 'LIMIT',
      quantity: 9,
      limitPriceE4: 1_002_000,
      stopPriceE4: 0,
      parentRef: '',
    });
    expect(stop).toMatchObject({
      orderRef: '20250103-029-AAPL-P',
      kind: 'STOP',
      side: 'SELL',
      type: 'STOP',
      quantity: 9,
      limitPriceE4: 0,
      stopPriceE4: 975_100,
      parentRef: '20250103-029-AAPL-N',
    });
  });

  it('are a single marketable one under bench', () => {
    const orders = entryOrders(profile('bench'), FIXED_2025, { ...address, limitPriceE4: 0 });
    expect(orders).toMatchObject([{ kind: 'ENTRY', type: 'MARKETABLE', limitPriceE4: 0 }]);
  });
});
