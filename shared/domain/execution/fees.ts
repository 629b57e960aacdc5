/**
 * What broker and regulators take of an order.
 *
 * Fees are per order and cumulative over its fills; each component is rounded up to 1e-4 USD, which is one of the
 * three named roundings of the core. Tables: fee-tables.ts; rulings: docs/decisions/0004-fees.md
 */

import { assert, type PriceE4, type Quantity, type UsdE4 } from '../units/units.ts';
import { type FeeTable, rateOn, type SecRate, type TafRate } from './fee-tables.ts';
import { type Fees, feesTotalE4, type Side } from '../orders/types.ts';

/** The schedule with the sell-side rates of one session looked up. */
export interface SessionFees {
  readonly table: FeeTable;
  readonly sec: SecRate | null;
  readonly taf: TafRate | null;
}

export function sessionFees(table: FeeTable, session: number): SessionFees {
  return { table, sec: rateOn(table.sec, session), taf: rateOn(table.taf, session) };
}

/** The filled part of an order. `valueE4` is the sum of price times quantity over its fills. */
export interface FilledPart {
  readonly side: Side;
  readonly quantity: Quantity;
  readonly valueE4: UsdE4;
}

/** Fees of everything an order has filled so far, by component. */
export function orderFees(fees: SessionFees, part: FilledPart): Fees {
  const selling = part.side === 'SELL';
  return {
    commissionE4: commissionE4(fees.table, part),
    exchangeE4: perShareE4(part.quantity, fees.table.exchangeMicroUsdPerShare),
    secE4: selling && fees.sec !== null ? roundUp(part.valueE4 * fees.sec.tenthsUsdPerMillion, 10_000_000) : 0,
    tafE4: selling && fees.taf !== null ? tafE4(fees.taf, part.quantity) : 0,
  };
}

export function subtractFees(total: Fees, before: Fees): Fees {
  return {
    commissionE4: total.commissionE4 - before.commissionE4,
    exchangeE4: total.exchangeE4 - before.exchangeE4,
    secE4: total.secE4 - before.secE4,
    tafE4: total.tafE4 - before.tafE4,
  };
}

export const NO_FEES: Fees = { commissionE4: 0, exchangeE4: 0, secE4: 0, tafE4: 0 };

/** Fees of buying and selling again at one price: what a protective stop must leave room for. */
export function roundTripFeesE4(fees: SessionFees, priceE4: PriceE4, quantity: Quantity): UsdE4 {
  const valueE4 = priceE4 * quantity;
  const buy = orderFees(fees, { side: 'BUY', quantity, valueE4 });
  const sell = orderFees(fees, { side: 'SELL', quantity, valueE4 });
  return feesTotalE4(buy) + feesTotalE4(sell);
}

function commissionE4(table: FeeTable, part: FilledPart): UsdE4 {
  if (part.quantity === 0) return 0;
  const byShares = perShareE4(part.quantity, table.commissionMicroUsdPerShare);
  const capE4 = roundUp(part.valueE4 * table.commissionCapBps, 10_000);
  return Math.min(capE4, Math.max(table.commissionMinimumE4, byShares));
}

function tafE4(taf: TafRate, quantity: Quantity): UsdE4 {
  return Math.min(taf.capE4, perShareE4(quantity, taf.microUsdPerShare));
}

function perShareE4(quantity: Quantity, microUsdPerShare: number): UsdE4 {
  return roundUp(quantity * microUsdPerShare, 100);
}

/** The fee rounding: integer division towards the broker. */
function roundUp(numerator: number, denominator: number): UsdE4 {
  assert(Number.isSafeInteger(numerator) && numerator >= 0, 'fee numerator is a safe, non-negative integer');
  // Of safe integers the quotient is off by one at most, and the product that tells so is exact.
  const whole = Math.floor(numerator / denominator);
  return whole * denominator < numerator ? whole + 1 : whole;
}
