/**
 * Money of a session as the page and whoever asks it have it: each number from stored rows, with one definition.
 */

import { profitOf } from '../../../shared/domain/account/profit.ts';
import { type Profile, profile } from '../../../shared/domain/profile/profile.ts';
import type { RunConfig } from '../../../shared/domain/run/run-config.ts';
import { toUsd } from '../../../shared/domain/units/units.ts';
import type { EquityFact } from '../../../shared/ports/report-views.ts';
import { dailyLossLimitE4, drawdownLimitE4 } from '../../../shared/read-models/limit-amounts.ts';
import type { MoneySection, SeriesSection } from '../../../shared/read-models/page-state.ts';
import { roundTrips, tradeStatistics } from '../../../shared/read-models/round-trips.ts';
import type { SessionFold } from './session-fold.ts';

export function moneySection(fold: SessionFold, config: RunConfig): MoneySection {
  const limits = profile(config.profile);
  const { startE4 } = fold;
  const { equityE4, accountPeakE4, limitReferenceE4 } = fold.facts.head;
  const counted = fold.countedFills;
  const feesE4 = counted.reduce((sum, fill) => sum + fill.feesE4, 0);
  const { netE4, grossE4 } = profitOf({ startE4, equityE4, feesE4 });
  const drawdownE4 = accountPeakE4 - equityE4;
  // Of the account and not of its newest minute: arming moves the reference between two minutes, and after the last.
  const limitDrawdownE4 = limitReferenceE4 - equityE4;
  const holdE4 = fold.hold.valuesE4(fold.lastMinute).at(-1);
  const holdPnlE4 = holdE4 === undefined ? null : Math.round(holdE4 - startE4);
  return {
    startUsd: toUsd(startE4),
    equityUsd: toUsd(equityE4),
    netPnlUsd: toUsd(netE4),
    grossPnlUsd: toUsd(grossE4),
    feesUsd: toUsd(feesE4),
    holdPnlUsd: usdOrNull(holdPnlE4),
    againstHoldUsd: holdPnlE4 === null ? null : toUsd(netE4 - holdPnlE4),
    drawdownUsd: toUsd(drawdownE4),
    drawdownMaxUsd: toUsd(largest([drawdownE4, ...fold.equity.map((row) => row.drawdownE4)])),
    limitDrawdownUsd: toUsd(limitDrawdownE4),
    limitDrawdownMaxUsd: toUsd(largest([limitDrawdownE4, ...fold.equity.map((row) => row.limitDrawdownE4)])),
    drawdownLimitUsd: finiteUsd(drawdownLimitE4(limits, limitReferenceE4)),
    dailyLossLimitUsd: finiteUsd(dailyLossLimitE4(limits, startE4)),
    exposureUsd: toUsd(exposureE4(fold)),
    ...tradeMoney(fold),
    fills: counted.length,
    decisions: fold.decisionCount,
    orders: fold.facts.orderCounts,
  };
}

/** Gross, as the leverage limit counts it: a short position does not make up for a long one. */
function exposureE4({ facts }: SessionFold): number {
  return facts.positions.reduce((sum, { quantity, markE4 }) => sum + Math.abs(quantity) * markE4, 0);
}

function tradeMoney(fold: SessionFold) {
  const statistics = tradeStatistics(roundTrips(fold.countedFills));
  return {
    trades: statistics.trades,
    wins: statistics.wins,
    winRate: statistics.winRate,
    largestWinUsd: usdOrNull(statistics.largestWinE4),
    largestLossUsd: usdOrNull(statistics.largestLossE4),
    averageHoldingMinutes: statistics.averageHoldingMinutes,
  };
}

/** The account's drawdown at which the limit trips: further down where arming has moved the limit's reference. */
function tripDrawdownUsd(limits: Profile, { equityE4, drawdownE4, limitDrawdownE4 }: EquityFact): number | null {
  return finiteUsd(drawdownE4 - limitDrawdownE4 + drawdownLimitE4(limits, equityE4 + limitDrawdownE4));
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function finiteUsd(valueE4: number): number | null {
  return Number.isFinite(valueE4) ? toUsd(Math.round(valueE4)) : null;
}

function usdOrNull(valueE4: number | null): number | null {
  return valueE4 === null ? null : toUsd(valueE4);
}

export function seriesSection(fold: SessionFold, config: RunConfig): SeriesSection {
  const limits = profile(config.profile);
  const holdE4 = fold.hold.valuesE4(fold.lastMinute);
  const rows = fold.equity;
  return {
    minute: rows.map((row) => row.minuteIndex),
    equityUsd: rows.map((row) => toUsd(row.equityE4)),
    holdUsd: rows.map((row) => toUsd(Math.round(holdE4[row.minuteIndex]!))),
    drawdownUsd: rows.map((row) => toUsd(row.drawdownE4)),
    drawdownLimitUsd: rows.map((row) => tripDrawdownUsd(limits, row)),
  };
}
