/**
 * Orders and fills as the core, the messages and the tables know them.
 *
 * References derive from content: `20250103-029-AAPL-N` is the entry decided at minute 29; X is an exit, P the
 * protective stop of the entry with the same stem. Money and prices in 1e-4 USD, quantities in whole shares.
 */

import type { EpochMs, PriceE4, Quantity, UsdE4 } from '../units/units.ts';

export type Side = 'BUY' | 'SELL';
export type OrderKind = 'ENTRY' | 'EXIT' | 'STOP';
/** MARKETABLE fills at the next good open at any price; the broker adapter turns it into a repriced limit order. */
export type OrderType = 'LIMIT' | 'MARKETABLE' | 'STOP';

export interface Order {
  readonly orderRef: string;
  readonly kind: OrderKind;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly type: OrderType;
  /** LIMIT: the limit. MARKETABLE and STOP: 0. */
  readonly limitPriceE4: PriceE4;
  /** STOP: the trigger. Otherwise 0. */
  readonly stopPriceE4: PriceE4;
  /** The mark the order was priced from. */
  readonly referencePriceE4: PriceE4;
  /** STOP: the entry it protects. Otherwise empty. */
  readonly parentRef: string;
  readonly session: number;
  readonly minuteIndex: number;
  /** Close of the minute it was decided on. */
  readonly eventMs: EpochMs;
}

/** OPEN: at the bar's open; STOP: inside the bar; SESSION_END: forced at the last mark after the last minute. */
export type FillCode = 'OPEN' | 'STOP' | 'SESSION_END';

export interface Fees {
  readonly commissionE4: UsdE4;
  readonly exchangeE4: UsdE4;
  readonly secE4: UsdE4;
  readonly tafE4: UsdE4;
}

export interface Fill {
  /** Content-derived execution id: the order's reference and the count of its fills. */
  readonly fillId: string;
  readonly orderRef: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly priceE4: PriceE4;
  readonly fees: Fees;
  readonly code: FillCode;
  readonly session: number;
  /** The minute whose bar filled it. */
  readonly minuteIndex: number;
  readonly eventMs: EpochMs;
  /** Order of the fills of one symbol within the minute, from 0. */
  readonly sequence: number;
}

export type CloseReason = 'FILLED' | 'EXPIRED' | 'CANCELLED' | 'REJECTED' | 'SUPERSEDED' | 'SESSION_END';

/** An order that will never fill again, and why. */
export interface ClosedOrder {
  readonly orderRef: string;
  readonly reason: CloseReason;
}

/** What a broker says of one minute. */
export interface BrokerReport {
  readonly fills: readonly Fill[];
  readonly closed: readonly ClosedOrder[];
}

/** An order that may still fill. */
export interface OpenOrder {
  readonly order: Order;
  /** What it works for now: the order's own quantity, of a child what its parent has filled. */
  readonly quantity: Quantity;
  readonly filled: Quantity;
}

/** Shares of one symbol that a broker holds for us. */
export interface Position {
  readonly symbol: string;
  readonly quantity: Quantity;
}

export function feesTotalE4(fees: Fees): UsdE4 {
  return fees.commissionE4 + fees.exchangeE4 + fees.secE4 + fees.tafE4;
}
