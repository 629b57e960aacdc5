/**
 * Parts that several events share: orders, fills, closed orders, minute addresses.
 */

import * as z from 'zod';
import { FINDINGS_MAX } from '../domain/risk/audit-findings.ts';
import { CAUSES } from '../domain/risk/causes.ts';
import {
  EPOCH_MS,
  MINUTE_INDEX,
  MONEY_E4,
  PRICE_E4,
  QUANTITY,
  SESSION_DATE,
  SESSION_MINUTES,
  SYMBOL,
} from './envelope.ts';

/** Causes of a trading state, in the order of their list; what an audit has found stands once for each finding. */
export const standingCauses = z
  .array(
    z.strictObject({
      cause: z.enum(CAUSES),
      sinceMs: EPOCH_MS,
      by: z.string().min(1).max(64),
      why: z.string().min(1).max(200),
    }),
  )
  .max(CAUSES.length - 1 + FINDINGS_MAX)
  .readonly();

export const ORDER_REF = z.string().min(1).max(64);

export const orderSchema = z.strictObject({
  orderRef: ORDER_REF,
  kind: z.enum(['ENTRY', 'EXIT', 'STOP']),
  symbol: SYMBOL,
  side: z.enum(['BUY', 'SELL']),
  quantity: QUANTITY.min(1),
  type: z.enum(['LIMIT', 'MARKETABLE', 'STOP']),
  limitPriceE4: PRICE_E4,
  stopPriceE4: PRICE_E4,
  referencePriceE4: PRICE_E4,
  parentRef: z.string().max(64),
  session: SESSION_DATE,
  minuteIndex: MINUTE_INDEX,
  eventMs: EPOCH_MS,
});

const fillSchema = z.strictObject({
  fillId: z.string().min(1).max(80),
  orderRef: ORDER_REF,
  symbol: SYMBOL,
  side: z.enum(['BUY', 'SELL']),
  quantity: QUANTITY.min(1),
  priceE4: PRICE_E4.min(1),
  fees: z.strictObject({ commissionE4: MONEY_E4, exchangeE4: MONEY_E4, secE4: MONEY_E4, tafE4: MONEY_E4 }),
  code: z.enum(['OPEN', 'STOP', 'SESSION_END']),
  session: SESSION_DATE,
  minuteIndex: MINUTE_INDEX,
  eventMs: EPOCH_MS,
  sequence: z.int().min(0),
});

const closedOrderSchema = z.strictObject({
  orderRef: ORDER_REF,
  reason: z.enum(['FILLED', 'EXPIRED', 'CANCELLED', 'REJECTED', 'SUPERSEDED', 'SESSION_END']),
});

/** Which minute of which session, how long that session is, and when the minute opened: the key of its bars. */
export const minuteAddress = {
  session: SESSION_DATE,
  minuteIndex: MINUTE_INDEX,
  minutes: SESSION_MINUTES,
  openMs: EPOCH_MS,
};

/** What the broker reported with a minute; risk applies it before deciding. */
export const brokerReport = {
  fills: z.array(fillSchema).max(2_000),
  closed: z.array(closedOrderSchema).max(2_000),
};
