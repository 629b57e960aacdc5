/**
 * Builds the orders of a decision. References derive from content: session, minute, symbol and kind.
 */

import type { SessionFees } from '../execution/fees.ts';
import type { Order, OrderKind } from '../execution/types.ts';
import type { EpochMs, PriceE4, Quantity } from '../units/units.ts';
import type { Profile } from './profile.ts';
import { protectiveStopE4 } from './protective-stop.ts';

export interface OrderAddress {
  readonly symbol: string;
  readonly session: number;
  readonly minuteIndex: number;
  readonly eventMs: EpochMs;
  readonly referencePriceE4: PriceE4;
  readonly quantity: Quantity;
}

const KIND_LETTER = { ENTRY: 'N', EXIT: 'X', STOP: 'P' } as const;

function orderRef(address: { session: number; minuteIndex: number; symbol: string }, kind: OrderKind): string {
  const minute = String(address.minuteIndex).padStart(3, '0');
  return `${address.session}-${minute}-${address.symbol}-${KIND_LETTER[kind]}`;
}

/** The entry and, where the profile caps a single loss, its protective stop. */
export function entryOrders(
  profile: Profile,
  fees: SessionFees,
  entry: OrderAddress & { readonly limitPriceE4: PriceE4 },
): Order[] {
  const base = { ...entry, stopPriceE4: 0, parentRef: '' };
  const type = profile.frictionless ? 'MARKETABLE' : 'LIMIT';
  const order: Order = { ...base, orderRef: orderRef(entry, 'ENTRY'), kind: 'ENTRY', side: 'BUY', type };
  const stopPriceE4 = protectiveStopE4(profile, fees, entry);
  if (stopPriceE4 === null) return [order];
  const stop: Order = {
    ...base,
    orderRef: orderRef(entry, 'STOP'),
    kind: 'STOP',
    side: 'SELL',
    type: 'STOP',
    limitPriceE4: 0,
    stopPriceE4,
    parentRef: order.orderRef,
  };
  return [order, stop];
}

export function exitOrder(exit: OrderAddress): Order {
  return {
    ...exit,
    orderRef: orderRef(exit, 'EXIT'),
    kind: 'EXIT',
    side: 'SELL',
    type: 'MARKETABLE',
    limitPriceE4: 0,
    stopPriceE4: 0,
    parentRef: '',
  };
}
