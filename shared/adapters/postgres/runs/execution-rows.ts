/**
 * Rows of orders and fills, turned into the types of the core.
 */

import type { Fill, FillCode, Order, OrderKind, OrderType, Side } from '../../../domain/orders/types.ts';
import { integer } from '../connection/columns.ts';

export interface FillDbRow {
  readonly fill_id: string;
  readonly order_ref: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: string;
  readonly price_e4: string;
  readonly commission_e4: string;
  readonly exchange_e4: string;
  readonly sec_e4: string;
  readonly taf_e4: string;
  readonly code: FillCode;
  readonly session: number;
  readonly minute_index: number;
  readonly event_ms: string;
  readonly sequence: number;
}

export interface OrderDbRow {
  readonly order_ref: string;
  readonly kind: OrderKind;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: string;
  readonly type: OrderType;
  readonly limit_price_e4: string;
  readonly stop_price_e4: string;
  readonly reference_price_e4: string;
  readonly parent_ref: string;
  readonly session: number;
  readonly minute_index: number;
  readonly event_ms: string;
}

export const ORDER_COLUMNS = `o.order_ref, o.kind, o.symbol, o.side, o.quantity, o.type, o.limit_price_e4,
  o.stop_price_e4, o.reference_price_e4, o.parent_ref, o.session, o.minute_index, o.event_ms`;

export const FILL_COLUMNS = `fill_id, order_ref, symbol, side, quantity, price_e4, commission_e4, exchange_e4, sec_e4,
  taf_e4, code, session, minute_index, event_ms, sequence`;

/** In the order of the ledger. */
export const FILLS_OF_SESSION = {
  name: 'fills-of-session',
  text: `SELECT ${FILL_COLUMNS} FROM fills WHERE run_id = $1 AND session = $2 ORDER BY event_ms, symbol, sequence`,
};

export function fillOf(row: FillDbRow): Fill {
  return {
    fillId: row.fill_id,
    orderRef: row.order_ref,
    symbol: row.symbol,
    side: row.side,
    quantity: integer(row.quantity, 'fills.quantity'),
    priceE4: integer(row.price_e4, 'fills.price_e4'),
    fees: {
      commissionE4: integer(row.commission_e4, 'fills.commission_e4'),
      exchangeE4: integer(row.exchange_e4, 'fills.exchange_e4'),
      secE4: integer(row.sec_e4, 'fills.sec_e4'),
      tafE4: integer(row.taf_e4, 'fills.taf_e4'),
    },
    code: row.code,
    session: row.session,
    minuteIndex: row.minute_index,
    eventMs: integer(row.event_ms, 'fills.event_ms'),
    sequence: row.sequence,
  };
}

export function orderOf(row: OrderDbRow): Order {
  return {
    orderRef: row.order_ref,
    kind: row.kind,
    symbol: row.symbol,
    side: row.side,
    quantity: integer(row.quantity, 'orders.quantity'),
    type: row.type,
    limitPriceE4: integer(row.limit_price_e4, 'orders.limit_price_e4'),
    stopPriceE4: integer(row.stop_price_e4, 'orders.stop_price_e4'),
    referencePriceE4: integer(row.reference_price_e4, 'orders.reference_price_e4'),
    parentRef: row.parent_ref,
    session: row.session,
    minuteIndex: row.minute_index,
    eventMs: integer(row.event_ms, 'orders.event_ms'),
  };
}
