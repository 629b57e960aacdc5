/**
 * Builds the orders of a decision. References derive from content: session, minute, symbol and kind.
 */

import { FULL_SESSION_MINUTES } from '../calendar/calendar.ts';
import type { Order, OrderKind, Side } from '../orders/types.ts';
import type { EpochMs, PriceE4, Quantity } from '../units/units.ts';
import type { Profile } from '../profile/profile.ts';
import type { ProtectiveStop } from './protective-stop.ts';

export interface OrderAddress {
  readonly symbol: string;
  readonly session: number;
  readonly minuteIndex: number;
  readonly eventMs: EpochMs;
  readonly referencePriceE4: PriceE4;
  readonly quantity: Quantity;
}

/** 000…389. */
const MINUTES = Array.from({ length: FULL_SESSION_MINUTES }, (_, minute) => String(minute).padStart(3, '0'));
const KIND_LETTER = { ENTRY: 'N', EXIT: 'X', STOP: 'P' } as const;

function orderRef(address: { session: number; minuteIndex: number; symbol: string }, kind: OrderKind): string {
  return `${address.session}-${MINUTES[address.minuteIndex]}-${address.symbol}-${KIND_LETTER[kind]}`;
}

/** The entry and, where it has one, its protective stop. Spelt out field by field, for speed. */
export function entryOrders(
  profile: Profile,
  entry: OrderAddress & { readonly limitPriceE4: PriceE4 },
  stop: ProtectiveStop,
): Order[] {
  const order: Order = {
    orderRef: orderRef(entry, 'ENTRY'),
    kind: 'ENTRY',
    symbol: entry.symbol,
    side: 'BUY',
    quantity: entry.quantity,
    type: profile.frictionless ? 'MARKETABLE' : 'LIMIT',
    limitPriceE4: entry.limitPriceE4,
    stopPriceE4: 0,
    referencePriceE4: entry.referencePriceE4,
    parentRef: '',
    session: entry.session,
    minuteIndex: entry.minuteIndex,
    eventMs: entry.eventMs,
  };
  return stop.kind === 'at' ? [order, stopOrder(order, stop.priceE4)] : [order];
}

function stopOrder(entry: Order, stopPriceE4: PriceE4): Order {
  return {
    orderRef: orderRef(entry, 'STOP'),
    kind: 'STOP',
    symbol: entry.symbol,
    side: 'SELL',
    quantity: entry.quantity,
    type: 'STOP',
    limitPriceE4: 0,
    stopPriceE4,
    referencePriceE4: entry.referencePriceE4,
    parentRef: entry.orderRef,
    session: entry.session,
    minuteIndex: entry.minuteIndex,
    eventMs: entry.eventMs,
  };
}

/** Out of a long position by selling, out of a short one by buying. */
export function exitOrder(exit: OrderAddress, side: Side): Order {
  return {
    orderRef: orderRef(exit, 'EXIT'),
    kind: 'EXIT',
    symbol: exit.symbol,
    side,
    quantity: exit.quantity,
    type: 'MARKETABLE',
    limitPriceE4: 0,
    stopPriceE4: 0,
    referencePriceE4: exit.referencePriceE4,
    parentRef: '',
    session: exit.session,
    minuteIndex: exit.minuteIndex,
    eventMs: exit.eventMs,
  };
}
