/**
 * The state of the live page: plain data in dollars, one section per part of the page.
 *
 * A stream sends the sections that changed, and of `series` only the minutes since the last message.
 */

import type { OrderKind } from '../domain/orders/types.ts';
import type { TradingState } from '../domain/risk/causes.ts';
import type { Verdict, VerdictClass } from '../domain/risk/types.ts';
import type { BrokerKind, Market } from '../domain/run/run-config.ts';
import type { FaultCount } from '../ports/report-views.ts';
import type { PartStatus, StackNotice } from '../ports/stack-status.ts';
import type { CauseView } from './causes.ts';
import type { StageLatency } from './latency.ts';
import type { WaitingMinute } from './waiting-minute.ts';

/** `waiting`: the stack is up and has no minute of this session yet. `finished`: the source has no more sessions. */
export type PagePhase = 'starting' | 'waiting' | 'running' | 'closed' | 'finished' | 'error';

export interface PageState {
  readonly stack: StackSection;
  readonly run: RunSection | null;
  readonly session: SessionSection | null;
  readonly money: MoneySection | null;
  readonly positions: readonly PositionRow[];
  readonly decisions: DecisionSection;
  readonly fills: readonly FillRow[];
  readonly verdicts: VerdictSection;
  readonly latency: readonly StageLatency[];
  readonly quality: QualitySection | null;
  readonly series: SeriesSection;
}

export interface PageMessage {
  readonly type: 'page' | 'beat';
  /** True: replaces everything; false: holds the sections that changed and the new minutes of `series`. */
  readonly full: boolean;
  readonly serverNowMs: number;
  readonly sections: Partial<PageState>;
}

export interface StackSection {
  readonly phase: PagePhase;
  /** What is waited for, or what failed. */
  readonly message: string;
  readonly parts: readonly PartStatus[];
  /** What an operator has to know beside the state of trading. */
  readonly notices: readonly StackNotice[];
}

export interface RunSection {
  readonly runId: string;
  readonly bookId: string;
  readonly market: Market;
  readonly broker: BrokerKind;
  /** Of a run whose ledger is of an earlier version: that it is only read. Empty otherwise. */
  readonly ledgerNote: string;
  readonly kind: 'paper' | 'replay';
  readonly source: string;
  readonly pace: string;
  readonly symbols: readonly string[];
  readonly policy: string;
  readonly profile: string;
  readonly fees: string;
  readonly seed: number;
  readonly accountUsd: number;
  readonly rearm: string;
  /** Last session of a source that ends, yyyy-mm-dd; null: it goes on, or is not known. */
  readonly lastSession: string | null;
}

export interface SessionSection {
  /** yyyy-mm-dd */
  readonly date: string;
  readonly openMs: number;
  readonly minutes: number;
  /** -1 before the first decision. */
  readonly lastMinute: number;
  readonly closed: boolean;
  /** False for a past session. */
  readonly live: boolean;
  /** Wall-clock time of the newest minute. */
  readonly updatedAtMs: number | null;
  /** Wall-clock time between two minutes; null where nothing more is expected. */
  readonly intervalMs: number | null;
  /** Age from which the newest decision is late; null where nothing more is expected. */
  readonly lateAfterMs: number | null;
  readonly state: TradingState;
  /** What stands, in the order of CAUSES. */
  readonly causes: readonly CauseView[];
  /** A minute that has left the gateway and has no decision yet. */
  readonly waiting: WaitingMinute | null;
}

export interface MoneySection {
  readonly startUsd: number;
  readonly equityUsd: number;
  readonly netPnlUsd: number;
  readonly grossPnlUsd: number;
  readonly feesUsd: number;
  readonly holdPnlUsd: number | null;
  /** What the account gained more, after fees. */
  readonly againstHoldUsd: number | null;
  readonly drawdownUsd: number;
  readonly drawdownMaxUsd: number;
  /** Below the reference of the drawdown limit, which arming moves. */
  readonly limitDrawdownUsd: number;
  readonly limitDrawdownMaxUsd: number;
  /** Null: the profile has no such limit. */
  readonly drawdownLimitUsd: number | null;
  readonly dailyLossLimitUsd: number | null;
  /** Gross, of the positions as they stand, at their marks. */
  readonly exposureUsd: number;
  readonly trades: number;
  readonly wins: number;
  readonly winRate: number | null;
  readonly largestWinUsd: number | null;
  readonly largestLossUsd: number | null;
  readonly averageHoldingMinutes: number | null;
  readonly fills: number;
  readonly decisions: number;
  readonly orders: Readonly<Record<OrderKind, number>>;
}

export interface PositionRow {
  readonly symbol: string;
  readonly quantity: number;
  readonly averageCostUsd: number | null;
  readonly markUsd: number | null;
  readonly unrealizedUsd: number | null;
  readonly stopUsd: number | null;
  /** What the policy wants as of the newest minute; null before the first. */
  readonly wants: 'SELL' | 'HOLD' | 'BUY' | null;
}

export interface DecisionSection {
  /** Newest first. */
  readonly rows: readonly DecisionRow[];
  /** Only what was refused or reduced, newest first; reaches further back than `rows`. */
  readonly refusals: readonly DecisionRow[];
  /** How many rows and refusals the session has in all. */
  readonly total: number;
  readonly totalRefusals: number;
}

export interface DecisionRow {
  readonly symbol: string;
  readonly firstMinute: number;
  readonly lastMinute: number;
  readonly count: number;
  readonly wants: 'SELL' | 'HOLD' | 'BUY';
  readonly verdict: Verdict;
  readonly verdictClass: VerdictClass;
  readonly title: string;
  readonly reason: string;
}

export interface FillRow {
  readonly fillId: string;
  readonly orderRef: string;
  readonly minute: number;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: number;
  readonly priceUsd: number;
  readonly feesUsd: number;
  readonly code: string;
  /** Result after fees of the trade this fill closed; null when it closed none. */
  readonly tradePnlUsd: number | null;
}

export interface VerdictSection {
  readonly denials: readonly CodeCount[];
  readonly reductions: readonly CodeCount[];
}

export interface CodeCount {
  readonly code: Verdict;
  readonly title: string;
  readonly count: number;
}

export interface QualitySection {
  /** One a symbol and minute decided. */
  readonly barsExpected: number;
  /** Those that came and may be traded on. */
  readonly barsUsable: number;
  readonly faultyBars: number;
  readonly faults: readonly FaultCount[];
  readonly quarantined: number;
}

/** Columns of equal length, one entry a minute. */
export interface SeriesSection {
  readonly minute: readonly number[];
  readonly equityUsd: readonly number[];
  readonly holdUsd: readonly number[];
  readonly drawdownUsd: readonly number[];
  /** Null: the profile has no such limit. */
  readonly drawdownLimitUsd: readonly (number | null)[];
}

export const NO_DECISIONS: DecisionSection = { rows: [], refusals: [], total: 0, totalRefusals: 0 };

export const EMPTY_SERIES: SeriesSection = {
  minute: [],
  equityUsd: [],
  holdUsd: [],
  drawdownUsd: [],
  drawdownLimitUsd: [],
};
