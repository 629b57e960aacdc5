/**
 * What a trade earned: its entry and whatever closed it. Units: money in 1e-4 USD.
 */

import type { OrderFacts } from './store.ts';

export interface TradeResult {
  readonly grossE4: number;
  readonly feesE4: number;
}

/** Null unless the orders hold an entry that was filled and closed again. */
export function tradeResult(orders: readonly Pick<OrderFacts, 'kind' | 'fills'>[]): TradeResult | null {
  if (!orders.some((order) => order.kind === 'ENTRY')) return null;
  const fills = orders.flatMap((order) => order.fills);
  const sold = fills.filter((fill) => fill.side === 'SELL');
  const bought = fills.filter((fill) => fill.side === 'BUY');
  if (bought.length === 0 || quantityOf(bought) !== quantityOf(sold)) return null;
  return { grossE4: valueOf(sold) - valueOf(bought), feesE4: fills.reduce((sum, fill) => sum + fill.feesE4, 0) };
}

function quantityOf(fills: OrderFacts['fills']): number {
  return fills.reduce((sum, fill) => sum + fill.quantity, 0);
}

function valueOf(fills: OrderFacts['fills']): number {
  return fills.reduce((sum, fill) => sum + fill.quantity * fill.priceE4, 0);
}
