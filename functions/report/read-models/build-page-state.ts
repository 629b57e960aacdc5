/**
 * Turns a session's fold and the stack's own status into the state of the page.
 */

import { LEDGER_VERSION } from '../../../shared/domain/ledger/ledger.ts';
import { ACTION_NAMES } from '../../../shared/domain/policy/actions.ts';
import { type Verdict, verdictClass } from '../../../shared/domain/risk/types.ts';
import type { Market, RunConfig } from '../../../shared/domain/run/run-config.ts';
import { MINUTE_MS, toUsd } from '../../../shared/domain/units/units.ts';
import type { RunRecord } from '../../../shared/ports/report-views.ts';
import type { PaceConfig, StackStatus } from '../../../shared/ports/stack-status.ts';
import { formatSessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { stageLatencies } from '../../../shared/read-models/latency.ts';
import {
  type CodeCount,
  type DecisionRow,
  type DecisionSection,
  EMPTY_SERIES,
  type FillRow,
  NO_DECISIONS,
  type PagePhase,
  type PageState,
  type PositionRow,
  type QualitySection,
  type RunSection,
  type SessionSection,
} from '../../../shared/read-models/page-state.ts';
import { reasonOf, VERDICT_TITLES } from '../../../shared/read-models/verdict-texts.ts';
import { roundTrips } from '../../../shared/read-models/round-trips.ts';
import { causeViews } from '../../../shared/read-models/causes.ts';
import type { WaitingMinute } from '../../../shared/read-models/waiting-minute.ts';
import { moneySection, seriesSection } from './money.ts';
import type { DecisionLine, SessionFold, VerdictCount } from './session-fold.ts';

const DECISION_ROWS_MAX = 60;
const FILL_ROWS_MAX = 60;
/** At full speed a minute takes a few milliseconds; a second without one is already long. */
const FASTEST_INTERVAL_MS = 1_000;
/** So many minutes without a decision are late. */
const MISSED_MINUTES = 3;

export interface PageInput {
  readonly status: StackStatus;
  readonly record: RunRecord;
  readonly fold: SessionFold;
  readonly live: boolean;
  /** A minute on its way to its decision; absent: none is known of. */
  readonly waiting?: WaitingMinute | null;
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
    run:
      status === null
        ? null
        : runSection({ kind: status.kind, config: status.run, ledgerVersion: LEDGER_VERSION }, status),
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

function runSection(record: RunRecord, status: StackStatus): RunSection {
  const { config } = record;
  const isCurrent = config.runId === status.run.runId;
  return {
    runId: config.runId,
    bookId: config.bookId,
    market: config.market,
    broker: config.broker,
    ledgerNote: ledgerNote(record.ledgerVersion),
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

function ledgerNote(version: string): string {
  return version === LEDGER_VERSION
    ? ''
    : `${version}, of an earlier version: shown, but without a hash and not continued`;
}

function paceText(pace: PaceConfig): string {
  if (pace.kind === 'max') return 'as fast as possible';
  return pace.kind === 'realtime' ? 'real time' : `${pace.factor} × real time`;
}

function sessionSection(input: PageInput): SessionSection {
  const { head } = input.fold.facts;
  const expectedMs = input.live && !head.closed ? intervalMs(input.status.pace) : null;
  return {
    date: formatSessionDate(head.session),
    openMs: head.openMs,
    minutes: head.minutes,
    lastMinute: input.fold.lastMinute,
    closed: head.closed,
    live: input.live,
    updatedAtMs: head.updatedAtMs,
    intervalMs: expectedMs,
    lateAfterMs: expectedMs === null ? null : MISSED_MINUTES * expectedMs,
    state: head.state,
    causes: causeViews({ causes: head.causes, rearm: input.record.config.rearm, session: head }),
    waiting: input.live && !head.closed ? (input.waiting ?? null) : null,
  };
}

function intervalMs(pace: PaceConfig): number {
  if (pace.kind === 'max') return FASTEST_INTERVAL_MS;
  return Math.max(FASTEST_INTERVAL_MS, pace.kind === 'realtime' ? MINUTE_MS : MINUTE_MS / pace.factor);
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
    tradePnlUsd: results.has(fill.fillId) ? toUsd(results.get(fill.fillId)!) : null,
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
