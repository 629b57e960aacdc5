/**
 * What carrying out a decision cost. Prices and fees in 1e-4 USD; results in basis points, a cost positive.
 */

import type { Bps, PriceE4, Quantity, UsdE4 } from '../units/units.ts';

const BPS = 10_000;

export interface WorkedDecision {
  readonly side: 'BUY' | 'SELL';
  /** Price at which the decision was taken. */
  readonly decisionE4: PriceE4;
  readonly fills: readonly { readonly priceE4: PriceE4; readonly quantity: Quantity }[];
  readonly unfilled: Quantity;
  /** Price when the rest was given up; counts only where something stayed unfilled. */
  readonly endE4: PriceE4;
  readonly feesE4: UsdE4;
}

/**
 * Implementation shortfall: (side·Σ(fill − decision)·filled + side·(end − decision)·unfilled + fees) / decision value.
 *
 * N/A for a decision about no shares. Source: Perold 1988.
 */
export function shortfallBps(work: WorkedDecision): Bps {
  const sign = signOf(work.side);
  const slipped = work.fills.reduce((sum, fill) => sum + sign * (fill.priceE4 - work.decisionE4) * fill.quantity, 0);
  const missed = work.unfilled === 0 ? 0 : sign * (work.endE4 - work.decisionE4) * work.unfilled;
  const shares = work.fills.reduce((sum, fill) => sum + fill.quantity, work.unfilled);
  return (BPS * (slipped + missed + work.feesE4)) / (work.decisionE4 * shares);
}

/** side·(fill − mid at sending) over that mid. Source: SEC Rule 605 (89 FR 26428). */
export function arrivalSlippageBps(side: 'BUY' | 'SELL', price: { fillE4: PriceE4; midE4: PriceE4 }): Bps {
  return (BPS * signOf(side) * (price.fillE4 - price.midE4)) / price.midE4;
}

/** 2·side·(fill − mid at receipt) over that mid. Source: SEC Rule 605 (89 FR 26428). */
export function effectiveSpreadBps(side: 'BUY' | 'SELL', price: { fillE4: PriceE4; midE4: PriceE4 }): Bps {
  return 2 * arrivalSlippageBps(side, price);
}

function signOf(side: 'BUY' | 'SELL'): 1 | -1 {
  return side === 'BUY' ? 1 : -1;
}
