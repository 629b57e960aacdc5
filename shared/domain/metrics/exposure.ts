/**
 * How much was at stake: time in the market, leverage, concentration, turnover. Money in 1e-4 USD, results without unit.
 */

import type { Quantity, UsdE4 } from '../units/units.ts';

/** Bars with a position over all bars, 0…1; N/A without bars. Source: backtesting.py. */
export function exposureFraction(quantities: readonly Quantity[]): number {
  return quantities.filter((quantity) => quantity !== 0).length / quantities.length;
}

/** Σ|position| / equity; N/A without equity above zero. */
export function leverage(positionE4: readonly UsdE4[], equityE4: UsdE4): number {
  return equityE4 > 0 ? grossE4(positionE4) / equityE4 : Number.NaN;
}

/**
 * Herfindahl-Hirschman index of the gross weights, Σw²: 1 for one position, 1/n for n equal ones; N/A without any.
 */
export function concentration(positionE4: readonly UsdE4[]): number {
  const totalE4 = grossE4(positionE4);
  if (totalE4 === 0) return Number.NaN;
  return positionE4.reduce((sum, value) => sum + (value / totalE4) ** 2, 0);
}

/** Traded notional, both sides, over the mean equity of the same time; N/A without equity above zero. */
export function turnover(tradedE4: readonly UsdE4[], equityE4: readonly UsdE4[]): number {
  const meanE4 = equityE4.reduce((sum, value) => sum + value, 0) / equityE4.length;
  return meanE4 > 0 ? grossE4(tradedE4) / meanE4 : Number.NaN;
}

function grossE4(valuesE4: readonly UsdE4[]): UsdE4 {
  return valuesE4.reduce((sum, value) => sum + Math.abs(value), 0);
}
