/**
 * Turns a session's fold and the stack's own status into the state of the page.
 */

import { ACTION_NAMES } from '../../../shared/domain/policy/actions.ts';
import { type Profile, profile } from '../../../shared/domain/profile/profile.ts';
import { type Verdict, verdictClass } from '../../../shared/domain/risk/types.ts';
import type { Market, RunConfig } from '../../../shared/domain/run/run-config.ts';
import { toUsd } from '../../../shared/domain/units/units.ts';
import type { EquityFact, RunRecord } from '../../../shared/ports/report-views.ts';
import type { PaceConfig, StackStatus } from '../../../shared/ports/stack-status.ts';
import { formatSessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { stageLatencies } from '../../../shared/read-models/latency.ts';
import {
  type CodeCount,
  type DecisionRow,
  type DecisionSection,
  EMPTY_SERIES,
  type FillRow,
  type MoneySection,
  NO_DECISIONS,
  type PagePhase,
  type PageState,
  type PositionRow,
  type QualitySection,
  type RunSection,
  type SeriesSection,
  type SessionSection,
} from '../../../shared/read-models/page-state.ts';
import { reasonOf, VERDICT_TITLES } from '../../../shared/read-models/verdict-texts.ts';
import { roundTrips, tradeStatistics } from '../../../shared/read-models/round-trips.ts';
import type { DecisionLine, SessionFold, VerdictCount } from './session-fold.ts';

const DECISION_ROWS_MAX = 60;
const FILL_ROWS_MAX = 60;
const MINUTE_MS = 60_000;
/** At full speed a minute takes a few milliseconds; a second without one is already long. */
const FASTEST_INTERVAL_MS = 1_000;

export interface PageInput {
  readonly status: StackStatus;
  readonly record: RunRecord;
  readonly fold: SessionFold;
  readonly live: boolean;
}

export function buildPageState(input: PageInput): PageState {
  const { fold, record } = input;
  const money = moneySection(fold, record.config);
  return {
    stack: {
      phase: phaseOf(input),
      message: input.status.waitingFor,
      parts: input.status.parts,
      notices: input.status.notices,
    },
    run: runSection(record, input.status),
    session: sessionSection(input),
    money,
    positions: positionRows(input),
    decisions: decisionSection(fold),
    fills: fillRows(fold),
    verdicts: { denials: codeCounts(fold.counts('denied')), reductions: codeCounts(fold.counts('reduced')) },
    latency: stageLatencies(fold.latency),
    quality: qualitySection(fold, record.config),
    series: seriesSection(fold, record.config),
  };
}

/** Before there is a session to show: the stack starts, waits for its first minute, or has failed. */
export function emptyPageState(phase: PagePhase, message: string, status: StackStatus | null): PageState {
  return {
    stack: { phase, message, parts: status?.parts ?? [], notices: status?.notices ?? [] },
    run: status === null ? null : runSection({ kind: status.kind, config: status.run }, status),
    session: null,
    money: null,
    positions: [],
    decisions: NO_DECISIONS,
    fills: [],
    verdicts: { denials: [], reductions: [] },
    latency: [],
    quality: null,
    series: EMPTY_SERIES,
  };
}

function phaseOf(input: PageInput): PagePhase {
  const { status, fold, live } = input;
  const { closed, lastMinute, session } = fold.facts.head;
  if (live && status.phase === 'failed') return 'error';
  if (closed) return live && status.lastSession === session ? 'finished' : 'closed';
  return live && lastMinute < 0 ? 'waiting' : 'running';
}

function runSection(record: Pick<RunRecord, 'kind' | 'config'>, status: StackStatus): RunSection {
  const { config } = record;
  const isCurrent = config.runId === status.run.runId;
  return {
    runId: config.runId,
    kind: record.kind,
    source: isCurrent ? status.source : SOURCE_TEXT[config.market],
    pace: isCurrent ? paceText(status.pace) : 'not running',
    symbols: config.symbols,
    policy: config.policy,
    profile: config.profile,
    fees: config.fees,
    seed: config.seed,
    accountUsd: toUsd(config.accountUsdE4),
    rearm: config.rearm,
    lastSession: isCurrent && status.lastSession !== null ? formatSessionDate(status.lastSession) : null,
  };
}

const SOURCE_TEXT: Readonly<Record<Market, string>> = {
  generated: 'generated market',
  recorded: 'recorded bars',
  ib: 'Interactive Brokers',
};

function paceText(pace: PaceConfig): string {
  if (pace.kind === 'max') return 'as fast as possible';
  return pace.kind === 'realtime' ? 'real time' : `${pace.factor} × real time`;
}

function sessionSection(input: PageInput): SessionSection {
  const { head } = input.fold.facts;
  return {
    date: formatSessionDate(head.session),
    openMs: head.openMs,
    minutes: head.minutes,
    lastMinute: input.fold.lastMinute,
    closed: head.closed,
    live: input.live,
    updatedAtMs: head.updatedAtMs,
    intervalMs: input.live && !head.closed ? intervalMs(input.status.pace) : null,
    state: head.state,
    causes: head.causes,
  };
}

function intervalMs(pace: PaceConfig): number {
  if (pace.kind === 'max') return FASTEST_INTERVAL_MS;
  return Math.max(FASTEST_INTERVAL_MS, pace.kind === 'realtime' ? MINUTE_MS : MINUTE_MS / pace.factor);
}

/** Session-start equity: what the account held at the open, flat; the account's size before the first decision. */
export function startEquityE4(openingCashE4: number | null, config: RunConfig): number {
  return openingCashE4 ?? config.accountUsdE4;
}

export function moneySection(fold: SessionFold, config: RunConfig): MoneySection {
  const limits = profile(config.profile);
  const startE4 = startEquityE4(fold.facts.head.openingCashE4, config);
  const last = fold.equity.at(-1);
  const equityE4 = last?.equityE4 ?? startE4;
  const counted = fold.countedFills;
  const feesE4 = counted.reduce((sum, fill) => sum + fill.feesE4, 0);
  const drawdownE4 = last?.drawdownE4 ?? 0;
  const limitDrawdownE4 = last?.limitDrawdownE4 ?? 0;
  const holdE4 = fold.hold.valuesE4(fold.lastMinute).at(-1);
  return {
    startUsd: toUsd(startE4),
    equityUsd: toUsd(equityE4),
    netPnlUsd: toUsd(equityE4 - startE4),
    grossPnlUsd: toUsd(equityE4 - startE4 + feesE4),
    feesUsd: toUsd(feesE4),
    holdPnlUsd: holdE4 === undefined ? null : toUsd(Math.round(holdE4 - startE4)),
    drawdownUsd: toUsd(drawdownE4),
    drawdownMaxUsd: toUsd(fold.equity.reduce((most, row) => Math.max(most, row.drawdownE4), 0)),
    limitDrawdownUsd: toUsd(limitDrawdownE4),
    drawdownLimitUsd: finiteUsd(drawdownLimitE4(limits, equityE4 + limitDrawdownE4)),
    dailyLossLimitUsd: finiteUsd(Math.min(limits.dailyLossMaxUsdE4, limits.dailyLossMaxFraction * startE4)),
    ...tradeMoney(fold),
    fills: counted.length,
    decisions: fold.decisionCount,
    orders: fold.facts.orderCounts,
  };
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

function drawdownLimitE4(limits: Profile, referenceE4: number): number {
  return Math.min(limits.drawdownMaxUsdE4, limits.drawdownMaxFraction * referenceE4);
}

/** The account's drawdown at which the limit trips: further down where arming has moved the limit's reference. */
function tripDrawdownUsd(limits: Profile, { equityE4, drawdownE4, limitDrawdownE4 }: EquityFact): number | null {
  return finiteUsd(drawdownE4 - limitDrawdownE4 + drawdownLimitE4(limits, equityE4 + limitDrawdownE4));
}

function finiteUsd(valueE4: number): number | null {
  return Number.isFinite(valueE4) ? toUsd(Math.round(valueE4)) : null;
}

function usdOrNull(valueE4: number | null): number | null {
  return valueE4 === null ? null : toUsd(valueE4);
}

/** One row a symbol of the run, flat ones included. */
function positionRows(input: PageInput): PositionRow[] {
  const { fold, record } = input;
  const held = new Map(fold.facts.positions.map((position) => [position.symbol, position]));
  return record.config.symbols.map((symbol) => {
    const { quantity, costE4, markE4, stopPriceE4 } = held.get(symbol) ?? FLAT;
    const latest = fold.latest.get(symbol);
    return {
      symbol,
      quantity,
      averageCostUsd: quantity === 0 ? null : toUsd(costE4) / quantity,
      markUsd: markE4 > 0 ? toUsd(markE4) : null,
      unrealizedUsd: quantity === 0 ? null : toUsd(quantity * markE4 - costE4),
      stopUsd: quantity !== 0 && stopPriceE4 > 0 ? toUsd(stopPriceE4) : null,
      wants: latest === undefined ? null : ACTION_NAMES[latest.action],
    };
  });
}

const FLAT = { quantity: 0, costE4: 0, markE4: 0, stopPriceE4: 0 } as const;

/** Refusals have a list of their own, so that later approvals never push them out of sight. */
function decisionSection(fold: SessionFold): DecisionSection {
  const newestFirst = fold.lines.toSorted((a, b) => b.lastMinute - a.lastMinute);
  const refusals = newestFirst.filter(({ decision }) => isRefusal(decision.verdict));
  return {
    rows: decisionRows(newestFirst),
    refusals: decisionRows(refusals),
    total: newestFirst.length,
    totalRefusals: refusals.length,
  };
}

function isRefusal(verdict: Verdict): boolean {
  const kind = verdictClass(verdict);
  return kind === 'denied' || kind === 'reduced';
}

function decisionRows(newestFirst: readonly DecisionLine[]): DecisionRow[] {
  const rows = newestFirst.slice(0, DECISION_ROWS_MAX);
  return rows.map(({ symbol, firstMinute, lastMinute, count, decision }) => ({
    symbol,
    firstMinute,
    lastMinute,
    count,
    wants: ACTION_NAMES[decision.action],
    verdict: decision.verdict,
    verdictClass: verdictClass(decision.verdict),
    title: VERDICT_TITLES[decision.verdict],
    reason: reasonOf(decision),
  }));
}

function fillRows(fold: SessionFold): FillRow[] {
  const counted = fold.countedFills;
  const results = new Map(roundTrips(counted).map((trip) => [trip.fillId, trip.grossE4 - trip.feesE4]));
  const newest = counted.slice(-FILL_ROWS_MAX).toReversed();
  return newest.map((fill) => ({
    fillId: fill.fillId,
    orderRef: fill.orderRef,
    minute: fill.minuteIndex,
    symbol: fill.symbol,
    side: fill.side,
    quantity: fill.quantity,
    priceUsd: toUsd(fill.priceE4),
    feesUsd: toUsd(fill.feesE4),
    code: fill.code,
    tradePnlUsd: usdOrNull(results.get(fill.fillId) ?? null),
  }));
}

function codeCounts(counts: readonly VerdictCount[]): CodeCount[] {
  return counts.map(({ verdict, count }) => ({ code: verdict, title: VERDICT_TITLES[verdict], count }));
}

function qualitySection(fold: SessionFold, config: RunConfig): QualitySection {
  const { faultyBars, faults, quarantined } = fold.facts;
  const barsExpected = (fold.lastMinute + 1) * config.symbols.length;
  return { barsExpected, barsUsable: fold.usableBars, faultyBars, faults, quarantined };
}

function seriesSection(fold: SessionFold, config: RunConfig): SeriesSection {
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
