/**
 * What the closed trades say: how many gained, and how much for each dollar lost. Net of fees, in 1e-4 USD.
 */

import type { UsdE4 } from '../units/units.ts';

/** Gaining trades over closed trades, 0…1; a trade at zero did not gain; N/A without a trade. */
export function winRate(netE4: readonly UsdE4[]): number {
  return netE4.filter((value) => value > 0).length / netE4.length;
}

/** Σ gains / |Σ losses|, no unit; N/A without a loss. Source: backtesting.py, in dollars. */
export function profitFactor(netE4: readonly UsdE4[]): number {
  const gainsE4 = sum(netE4.filter((value) => value > 0));
  const lossesE4 = -sum(netE4.filter((value) => value < 0));
  return lossesE4 === 0 ? Number.NaN : gainsE4 / lossesE4;
}

/**
 * The win rate at which trades of this average gain and loss would come out even: loss / (gain + loss), 0…1.
 *
 * N/A without at least one of each.
 */
export function breakEvenWinRate(netE4: readonly UsdE4[]): number {
  const gains = netE4.filter((value) => value > 0);
  const losses = netE4.filter((value) => value < 0);
  const gainE4 = sum(gains) / gains.length;
  const lossE4 = -sum(losses) / losses.length;
  return lossE4 / (gainE4 + lossE4);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
