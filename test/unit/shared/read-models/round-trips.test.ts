/**
 * Closed trades from fills: flat to flat, partial fills and fees included.
 */

import { describe, expect, it } from 'vitest';
import { roundTrips, tradeStatistics } from '../../../../shared/read-models/round-trips.ts';
import type { FillFact } from '../../../../shared/ports/report-views.ts';

let count = 0;

function fill(overrides: Partial<FillFact>): FillFact {
  count += 1;
  return {
    fillId: `fill-${count}`,
    orderRef: 'ref',
    minuteIndex: 30,
    eventMs: 0,
    symbol: 'AAPL',
    side: 'BUY',
    quantity: 4,
    priceE4: 1_000_000,
    feesE4: 3_500,
    code: 'OPEN',
    ...overrides,
  };
}

describe('roundTrips', () => {
  it('closes a trade at the fill that makes the position flat', () => {
    const sale = fill({ side: 'SELL', quantity: 1, priceE4: 1_010_000, minuteIndex: 42 });
    const trips = roundTrips([
      fill({}),
      fill({ side: 'SELL', quantity: 3, priceE4: 1_020_000, minuteIndex: 40 }),
      sale,
    ]);
    expect(trips).toEqual([
      { symbol: 'AAPL', entryMinute: 30, exitMinute: 42, grossE4: 70_000, feesE4: 10_500, fillId: sale.fillId },
    ]);
  });

  it('leaves an open position out', () => {
    expect(roundTrips([fill({}), fill({ side: 'SELL', quantity: 3 })])).toEqual([]);
  });

  it('keeps symbols apart', () => {
    const trips = roundTrips([fill({}), fill({ symbol: 'MSFT' }), fill({ side: 'SELL' })]);
    expect(trips.map((trip) => trip.symbol)).toEqual(['AAPL']);
  });

  it('closes a short trade with the purchase', () => {
    const [trip] = roundTrips([fill({ side: 'SELL' }), fill({ side: 'BUY', priceE4: 990_000 })]);
    expect(trip?.grossE4).toBe(40_000);
  });
});

describe('tradeStatistics', () => {
  it('counts a trade as won only when it gains after fees', () => {
    const trips = roundTrips([fill({}), fill({ side: 'SELL', priceE4: 1_001_000 })]);
    expect(tradeStatistics(trips)).toMatchObject({ trades: 1, wins: 0, winRate: 0, largestLossE4: -3_000 });
  });

  it('has no rate without a trade', () => {
    expect(tradeStatistics([])).toEqual({
      trades: 0,
      wins: 0,
      winRate: null,
      largestWinE4: null,
      largestLossE4: null,
      averageHoldingMinutes: null,
    });
  });
});
