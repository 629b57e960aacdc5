/**
 * Return and its price in risk: volatility, Sharpe, Sortino, growth, Calmar.
 *
 * `returns` are simple returns of equity marked at each session's close, flat days kept: 252 periods a year.
 * N/A is NaN. Source: the definitions that empyrical and quantstats share; test/fixtures/oracles/metrics.json
 */

import { maxDrawdown } from './drawdown.ts';
import { downsideDeviation, excessKurtosis, mean, skewness, standardDeviation, varies } from './moments.ts';
import { normalCdf } from './normal.ts';

/** */
export const SESSIONS_PER_YEAR = 252;
/** For minute returns: 390 minutes a session. */
export const MINUTES_PER_YEAR = SESSIONS_PER_YEAR * 390;

const SHARPE_TRADES_MIN = 10;
const SHARPE_SESSIONS_MIN = 14;

export interface SharpeOptions {
  /** Return per period that is free of risk; 0 by default. */
  readonly riskFree?: number;
  readonly periodsPerYear?: number;
}

/** sd(n − 1) · √periods: a fraction per year; N/A below two returns. */
export function annualVolatility(returns: readonly number[], periodsPerYear = SESSIONS_PER_YEAR): number {
  return standardDeviation(returns) * Math.sqrt(periodsPerYear);
}

/** mean(r − riskFree) / sd(n − 1) · √periods, no unit; N/A where the returns do not vary (sd ≤ 1e-12). */
export function sharpeRatio(returns: readonly number[], options: SharpeOptions = {}): number {
  const { riskFree = 0, periodsPerYear = SESSIONS_PER_YEAR } = options;
  if (!varies(returns)) return Number.NaN;
  return ((mean(returns) - riskFree) / standardDeviation(returns)) * Math.sqrt(periodsPerYear);
}

/**
 * Whether a Sharpe ratio may be shown: at least 10 trades over at least 14 sessions.
 *
 * Source: the N/A rule of backtest-kit.
 */
export function isSharpeTelling(run: { readonly trades: number; readonly sessions: number }): boolean {
  return run.trades >= SHARPE_TRADES_MIN && run.sessions >= SHARPE_SESSIONS_MIN;
}

/** mean / √(mean over all n of min(r, 0)²) · √252, no unit; N/A without a losing day or below two returns. */
export function sortinoRatio(returns: readonly number[], periodsPerYear = SESSIONS_PER_YEAR): number {
  const deviation = downsideDeviation(returns);
  if (returns.length < 2 || deviation === 0) return Number.NaN;
  return (mean(returns) / deviation) * Math.sqrt(periodsPerYear);
}

/** ∏(1 + r) − 1: a fraction of the start. */
export function totalReturn(returns: readonly number[]): number {
  return returns.reduce((growth, value) => growth * (1 + value), 1) - 1;
}

/** (∏(1 + r))^(periods/n) − 1: a fraction per year by trading days, not calendar days; N/A without returns. */
export function annualGrowth(returns: readonly number[], periodsPerYear = SESSIONS_PER_YEAR): number {
  if (returns.length === 0) return Number.NaN;
  return (1 + totalReturn(returns)) ** (periodsPerYear / returns.length) - 1;
}

/** Annual growth over the largest drawdown, no unit; N/A without a drawdown. */
export function calmarRatio(returns: readonly number[], periodsPerYear = SESSIONS_PER_YEAR): number {
  const fall = maxDrawdown(returns);
  return fall === 0 ? Number.NaN : annualGrowth(returns, periodsPerYear) / fall;
}

/**
 * Probability that the true Sharpe ratio is above a benchmark, given length, skew and tails of the sample:
 * Φ((SR − SR₀)·√(n − 1) / √(1 − S·SR + (K + 2)/4·SR²)), SR per period, population moments, K excess.
 *
 * N/A below three returns or where nothing varies.
 * Source: Bailey and López de Prado 2012; PerformanceAnalytics `ProbSharpeRatio`.
 */
export function probabilisticSharpe(returns: readonly number[], benchmarkPerPeriod = 0): number {
  const ratio = sharpeRatio(returns, { periodsPerYear: 1 });
  const spread = Math.sqrt(1 - skewness(returns) * ratio + ((excessKurtosis(returns) + 2) / 4) * ratio * ratio);
  return normalCdf(((ratio - benchmarkPerPeriod) * Math.sqrt(returns.length - 1)) / spread);
}
