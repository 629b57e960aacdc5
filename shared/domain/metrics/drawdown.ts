/**
 * Falls from the running peak, the start counted as a peak, unrealised results included.
 */

import type { UsdE4 } from '../units/units.ts';

/**
 * max(1 − E/peak) of the equity that the returns compound to: a positive fraction of the peak, 0 without a fall.
 *
 * `returns`: simple returns per period. Source: empyrical `max_drawdown`, sign flipped.
 */
export function maxDrawdown(returns: readonly number[]): number {
  let equity = 1;
  let peak = 1;
  let most = 0;
  for (const value of returns) {
    equity *= 1 + value;
    if (equity > peak) peak = equity;
    most = Math.max(most, 1 - equity / peak);
  }
  return most;
}

/**
 * max(peak − E) of a line of equity in 1e-4 USD, positive; the first value is the start.
 *
 * Its place may differ from that of `maxDrawdown`: the deepest fall in dollars need not be the deepest in per cent.
 */
export function maxDrawdownUsdE4(equityE4: readonly UsdE4[]): UsdE4 {
  let peakE4 = Number.NEGATIVE_INFINITY;
  let mostE4 = 0;
  for (const valueE4 of equityE4) {
    peakE4 = Math.max(peakE4, valueE4);
    mostE4 = Math.max(mostE4, peakE4 - valueE4);
  }
  return mostE4;
}
