/**
 * Closed trades of a session, from its fills: a trade runs from flat to flat, fees included.
 *
 * Money in 1e-4 USD. The result of a trade is known at the fill that makes the position flat.
 */

import type { FillFact } from '../ports/report-views.ts';

export interface RoundTrip {
  readonly symbol: string;
  readonly entryMinute: number;
  readonly exitMinute: number;
  readonly grossE4: number;
  readonly feesE4: number;
  /** The fill that closed it. */
  readonly fillId: string;
}

export interface TradeStatistics {
  readonly trades: number;
  /** Trades that gained after fees. */
  readonly wins: number;
  /** Null without a trade. */
  readonly winRate: number | null;
  readonly largestWinE4: number | null;
  readonly largestLossE4: number | null;
  readonly averageHoldingMinutes: number | null;
}

interface OpenTrade {
  quantity: number;
  cashE4: number;
  feesE4: number;
  entryMinute: number;
}

export function roundTrips(fills: readonly FillFact[]): RoundTrip[] {
  const open = new Map<string, OpenTrade>();
  const trips: RoundTrip[] = [];
  for (const fill of fills) {
    const trade = open.get(fill.symbol) ?? { quantity: 0, cashE4: 0, feesE4: 0, entryMinute: fill.minuteIndex };
    const signed = fill.side === 'BUY' ? fill.quantity : -fill.quantity;
    trade.quantity += signed;
    trade.cashE4 -= signed * fill.priceE4;
    trade.feesE4 += fill.feesE4;
    open.set(fill.symbol, trade);
    if (trade.quantity !== 0) continue;
    open.delete(fill.symbol);
    trips.push(closedTrip(trade, fill));
  }
  return trips;
}

function closedTrip(trade: OpenTrade, fill: FillFact): RoundTrip {
  return {
    symbol: fill.symbol,
    entryMinute: trade.entryMinute,
    exitMinute: fill.minuteIndex,
    grossE4: trade.cashE4,
    feesE4: trade.feesE4,
    fillId: fill.fillId,
  };
}

export function tradeStatistics(trips: readonly RoundTrip[]): TradeStatistics {
  const netE4 = trips.map((trip) => trip.grossE4 - trip.feesE4);
  const gains = netE4.filter((value) => value > 0);
  const losses = netE4.filter((value) => value < 0);
  const heldMinutes = trips.reduce((sum, trip) => sum + (trip.exitMinute - trip.entryMinute), 0);
  return {
    trades: trips.length,
    wins: gains.length,
    winRate: trips.length === 0 ? null : gains.length / trips.length,
    largestWinE4: gains.length === 0 ? null : Math.max(...gains),
    largestLossE4: losses.length === 0 ? null : Math.min(...losses),
    averageHoldingMinutes: trips.length === 0 ? null : heldMinutes / trips.length,
  };
}
