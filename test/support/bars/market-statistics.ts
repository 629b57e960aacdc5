/**
 * What makes one-minute bars look like a market, measured the same way on recorded and on generated sessions.
 */

import type { BarTable } from '../../../shared/domain/market/bar-table.ts';

export interface MarketStatistics {
  /** Standard deviation of one-minute log returns, basis points. */
  readonly returnSdBps: number;
  readonly kurtosis: number;
  /** Volume of the first and last 30 minutes over that of the hour around noon, mean of the sessions. */
  readonly openToNoon: number;
  readonly closeToNoon: number;
  /** Autocorrelation of absolute returns, mean of the sessions. */
  readonly clusteringAt1: number;
  readonly clusteringAt10: number;
  readonly returnAutocorrelation: number;
  /** Mean of (high − low) / close over the standard deviation of returns. */
  readonly rangeToSd: number;
  /** Standard deviation of the log return from close to the next open, basis points. */
  readonly gapSdBps: number;
}

const BPS = 10_000;
const HALF_HOUR = 30;
const NOON = 165;
const NOON_MINUTES = 60;

/** Over full sessions without missing minutes, of the symbol at `index`; consecutive tables are consecutive sessions. */
export function marketStatistics(tables: readonly BarTable[], index: number): MarketStatistics {
  const days = tables.map((table) => columnsOf(table, index));
  const returns = days.map(({ close }) => logReturns(close));
  const all = returns.flat();
  const sizes = returns.map((day) => day.map(Math.abs));
  const center = mean(all);
  const returnSd = standardDeviation(all);
  const gaps = days.slice(1).map(({ open }, at) => Math.log(open[0]! / days[at]!.close.at(-1)!));
  return {
    returnSdBps: returnSd * BPS,
    kurtosis: mean(all.map((value) => (value - center) ** 4)) / returnSd ** 4,
    openToNoon: mean(days.map(({ volume }) => mean(volume.slice(0, HALF_HOUR)) / noonVolume(volume))),
    closeToNoon: mean(days.map(({ volume }) => mean(volume.slice(-HALF_HOUR)) / noonVolume(volume))),
    clusteringAt1: mean(sizes.map((day) => correlation(day.slice(0, -1), day.slice(1)))),
    clusteringAt10: mean(sizes.map((day) => correlation(day.slice(0, -10), day.slice(10)))),
    returnAutocorrelation: correlation(all.slice(0, -1), all.slice(1)),
    rangeToSd:
      mean(days.flatMap(({ high, low, close }) => close.map((c, at) => (high[at]! - low[at]!) / c))) / returnSd,
    gapSdBps: standardDeviation(gaps) * BPS,
  };
}

/** Correlation of the one-minute returns of two symbols, over all sessions together. */
export function pairCorrelation(tables: readonly BarTable[], one: number, other: number): number {
  const returns = (index: number) => tables.flatMap((table) => logReturns(columnsOf(table, index).close));
  return correlation(returns(one), returns(other));
}

function columnsOf(table: BarTable, index: number) {
  const of = (column: Float64Array) => Array.from(column.subarray(index * table.minutes, (index + 1) * table.minutes));
  return {
    open: of(table.openE4),
    high: of(table.highE4),
    low: of(table.lowE4),
    close: of(table.closeE4),
    volume: of(table.volume),
  };
}

function logReturns(close: readonly number[]): number[] {
  return close.slice(1).map((value, at) => Math.log(value / close[at]!));
}

function noonVolume(volume: readonly number[]): number {
  return mean(volume.slice(NOON, NOON + NOON_MINUTES));
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function standardDeviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt((mean(values.map((value) => (value - center) ** 2)) * values.length) / (values.length - 1));
}

function correlation(one: readonly number[], other: readonly number[]): number {
  const [center, otherCenter] = [mean(one), mean(other)];
  const together = mean(one.map((value, at) => (value - center) * (other[at]! - otherCenter)));
  const [variance, otherVariance] = [
    mean(one.map((v) => (v - center) ** 2)),
    mean(other.map((v) => (v - otherCenter) ** 2)),
  ];
  return together / Math.sqrt(variance * otherVariance);
}
