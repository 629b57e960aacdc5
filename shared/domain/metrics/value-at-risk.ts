/**
 * What a bad period costs: value at risk and the mean beyond it, at 95 %.
 *
 * Results are fractions of equity, a loss positive. N/A is NaN. `returns`: simple returns per period, any order.
 * Oracle: test/fixtures/oracles/metrics.json
 */

import { excessKurtosis, mean, skewness, standardDeviation } from './moments.ts';
import { NORMAL_QUANTILE_5 } from './normal.ts';
import { quantileType7 } from './quantile.ts';

const TAIL = 0.05;

/** −q₀.₀₅ of the returns, linear between order statistics; N/A without returns. Source: empyrical. */
export function historicalVar95(returns: readonly number[]): number {
  return returns.length === 0 ? Number.NaN : -quantileType7(ascending(returns), TAIL);
}

/** −(mean + z·sd), z = −1.6449, sd with n − 1; N/A below two returns. Source: quantstats `value_at_risk`. */
export function parametricVar95(returns: readonly number[]): number {
  return -(mean(returns) + NORMAL_QUANTILE_5 * standardDeviation(returns));
}

/**
 * −(mean + z′·sd) with z′ = z + (z² − 1)S/6 + (z³ − 3z)K/24 − (2z³ − 5z)S²/36, population moments, K excess.
 *
 * N/A where skew and tails are. Not to be shown where `cornishFisherHolds` says no.
 * Source: PerformanceAnalytics `VaR`, method modified.
 */
export function cornishFisherVar95(returns: readonly number[]): number {
  const z = NORMAL_QUANTILE_5;
  const s = skewness(returns);
  const k = excessKurtosis(returns);
  const corrected = z + ((z ** 2 - 1) * s) / 6 + ((z ** 3 - 3 * z) * k) / 24 - ((2 * z ** 3 - 5 * z) * s ** 2) / 36;
  return -(mean(returns) + corrected * standardDeviation(returns));
}

/**
 * True where the Cornish-Fisher expansion is monotone, so that a rarer loss is a larger one; elsewhere use the
 * historical value.
 *
 * dz′/dz is the parabola az² + (S/3)z + c; it stays above zero where a ≥ 0 and S²/9 ≤ 4ac.
 * Source: Maillard 2012 (SSRN 1997178).
 */
export function cornishFisherHolds(returns: readonly number[]): boolean {
  const squared = skewness(returns) ** 2;
  const k = excessKurtosis(returns);
  const a = k / 8 - squared / 6;
  const c = 1 - k / 8 + (5 * squared) / 36;
  return a >= 0 && squared / 9 <= 4 * a * c;
}

/** Mean loss of the returns at or below −VaR (historical); N/A without returns. Source: empyrical, in words. */
export function conditionalVar95(returns: readonly number[]): number {
  const limit = -historicalVar95(returns);
  return -mean(returns.filter((value) => value <= limit));
}

/** Mean loss of the ⌈0.05 n⌉ worst returns; N/A without returns. */
export function worstMean95(returns: readonly number[]): number {
  return -mean(ascending(returns).slice(0, Math.ceil(TAIL * returns.length)));
}

/**
 * Periods whose loss exceeded the value at risk that was stated for them beforehand; about 5 % of them should.
 *
 * Throws RangeError where the two differ in length.
 */
export function countVarBreaches(returns: readonly number[], statedVar: readonly number[]): number {
  if (returns.length !== statedVar.length) {
    const lengths = `${returns.length} returns and ${statedVar.length} values at risk`;
    throw new RangeError(`${lengths}: state one value at risk for each return`);
  }
  return returns.filter((value, index) => -value > statedVar[index]!).length;
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}
