/**
 * Where a protective stop lies: $25 less the fees of the round trip, over the shares, less the cost of selling, in ticks,
 * below the limit price.
 */

import { describe, expect, it } from 'vitest';
import { feeTable } from '../../../../../shared/domain/execution/fee-tables.ts';
import { sessionFees } from '../../../../../shared/domain/execution/fees.ts';
import { entryOrders } from '../../../../../shared/domain/risk/order-factory.ts';
import { profile } from '../../../../../shared/domain/profile/profile.ts';
import { protectiveStop } from '../../../../../shared/domain/risk/protective-stop.ts';
import { SESSION } from '../../../../support/core/core.ts';

/** A session without a fee on sales but the trading activity fee of $0.000166 a share. */
const TIERED_2025 = sessionFees(feeTable('tiered'), 20250602);
const BASIC = profile('basic');
const FIXED_2025 = sessionFees(feeTable('fixed'), 20250602);

describe('a protective stop', () => {
  it('leaves room for the fees of both sides, and for what selling at it costs', () => {
    // Tiered, 9 shares: twice max($0.35, 9 x $0.0035) + twice 9 x $0.0030 + 9 x $0.000166 = 0.70 + 0.054 + 0.0015.
    // (25 - 0.7555) / 9 = 2.69383. Half spread 100.20 x 0.5 bps = 0.00501, impact 100.20 x 10 bps x sqrt(0.1) =
    // 0.03169, a tick 0.01: together 0.0467. 2.69383 - 0.0467 = 2.6471, in cents 2.64: 100.20 - 2.64.
    const entry = { limitPriceE4: 1_002_000, quantity: 9, minuteIndex: 29 };
    expect(protectiveStop(BASIC, TIERED_2025, entry)).toEqual({ kind: 'at', priceE4: 975_600 });
    // Fixed: twice max($1, 9 x $0.005) + 0.0015; (25 - 2.0015) / 9 - 0.0467 = 2.5087.
    expect(protectiveStop(BASIC, FIXED_2025, entry)).toEqual({ kind: 'at', priceE4: 977_000 });
  });

  it('leaves room for twice the spread where the entry fills in the first 30 minutes', () => {
    // 99 shares at $10.02: fees 0.70 + 2 x 0.297 + 0.0165 = 1.3105; (25 - 1.3105) / 99 = 0.239288.
    // Less 0.005 + 0.003169 + 0.01: 0.2211. With twice the spread 0.2161: 0.22 and 0.21.
    const entry = { limitPriceE4: 100_200, quantity: 99 };
    const priceOf = (minuteIndex: number) => protectiveStop(BASIC, TIERED_2025, { ...entry, minuteIndex });
    expect([priceOf(28), priceOf(29)]).toEqual([
      { kind: 'at', priceE4: 98_100 },
      { kind: 'at', priceE4: 98_000 },
    ]);
  });

  it('is in hundredths of a cent below one dollar, and at least one of them', () => {
    // 100 shares: twice $0.35 + twice 100 x $0.0030 + $0.0166 = 1.3166; (25 - 1.3166) / 100 = 0.236834.
    // Less 0.005 + 0.000285 + 0.0001: 0.231449.
    const entry = { limitPriceE4: 9_000, quantity: 100, minuteIndex: 29 };
    expect(protectiveStop(BASIC, TIERED_2025, entry)).toEqual({ kind: 'at', priceE4: 9_000 - 2_314 });
    const cheap = { ...entry, limitPriceE4: 2_000 };
    expect(protectiveStop(BASIC, TIERED_2025, cheap)).toEqual({ kind: 'at', priceE4: 1 });
  });

  it('is refused where less than a tick is left for it, with what is left', () => {
    // 9 shares: (0.80 - 0.7555) / 9 - 0.0467 is below nothing, floored to the cent.
    const narrow = { ...BASIC, singleLossMaxUsdE4: 8_000 };
    expect(protectiveStop(narrow, TIERED_2025, { limitPriceE4: 1_002_000, quantity: 9, minuteIndex: 29 })).toEqual({
      kind: 'too-close',
      detail: { limit: 100, value: -500, wouldPass: 100, unit: 'usdE4' },
    });
  });

  it('does not exist where the profile caps no single loss', () => {
    const entry = { limitPriceE4: 0, quantity: 100, minuteIndex: 29 };
    expect(protectiveStop(profile('bench'), FIXED_2025, entry)).toEqual({ kind: 'unlimited' });
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
    const [entry, stop] = entryOrders(BASIC, address, { kind: 'at', priceE4: 975_600 });
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
      stopPriceE4: 975_600,
      parentRef: '20250103-029-AAPL-N',
    });
  });

  it('are a single marketable one under bench', () => {
    const orders = entryOrders(profile('bench'), { ...address, limitPriceE4: 0 }, { kind: 'unlimited' });
    expect(orders).toMatchObject([{ kind: 'ENTRY', type: 'MARKETABLE', limitPriceE4: 0 }]);
  });
});
