/**
 * decision.v2: risk → gateway. Always one a minute, HOLD and missing data included: it releases the next minute.
 * Since version 2 it names every cause that stands, not the one that was set last.
 */

import * as z from 'zod';
import { TRADING_STATES } from '../domain/risk/causes.ts';
import { DETAIL_UNITS, VERDICTS } from '../domain/risk/types.ts';
import { eventContract, MONEY_E4, QUANTITY, SYMBOL } from './envelope.ts';
import { minuteAddress, ORDER_REF, orderSchema, standingCauses } from './shared-fields.ts';

const detailSchema = z.strictObject({
  limit: z.number(),
  value: z.number(),
  wouldPass: z.number(),
  unit: z.enum(DETAIL_UNITS),
});

export const symbolDecisionSchema = z.strictObject({
  symbol: SYMBOL,
  action: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  verdict: z.enum(VERDICTS),
  quantity: QUANTITY,
  detail: detailSchema.nullable(),
});

const data = z.strictObject({
  ...minuteAddress,
  /** A pulse or command never releases a minute. */
  cause: z.enum(['minute', 'pulse', 'command']),
  state: z.enum(TRADING_STATES),
  causes: standingCauses,
  equityE4: MONEY_E4,
  symbols: z.array(symbolDecisionSchema).max(500).readonly(),
  orders: z.array(orderSchema).max(1_000).readonly(),
  cancels: z.array(ORDER_REF).max(1_000).readonly(),
});

export type DecisionData = z.infer<typeof data>;
export const decisionV2 = eventContract('decision', 2, data);
