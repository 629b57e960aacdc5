/**
 * What reports read: rows of runs and sessions as they were stored, in units, never more than asked for.
 *
 * Read-only. `facts` may be asked again from a later minute, so that a reader keeps up without rereading the session.
 */

import type { MinuteStepName } from '../contracts/minute-ids.ts';
import type { FillCode, OrderKind, Side } from '../domain/orders/types.ts';
import type { StandingCause, TradingState } from '../domain/risk/causes.ts';
import type { CommandOutcome } from '../domain/risk/command-outcome.ts';
import type { SymbolDecision } from '../domain/risk/types.ts';
import type { RunConfig } from '../domain/run/run-config.ts';
import type { EquityRow, PositionRow } from './repositories/accounts.ts';
import type { LatencyRow } from './repositories/execution.ts';

export interface ReportViews {
  run(runId: string): Promise<RunRecord | null>;
  /** Newest first. */
  sessions(limit: number): Promise<readonly SessionHead[]>;
  /** The newest session of a run: the cheap question that is asked several times a second. */
  head(runId: string): Promise<SessionHead | null>;
  /** Rows of the session from `fromMinute` on, and its totals, as of one instant; null when there is no such session. */
  facts(runId: string, session: number, fromMinute: number): Promise<SessionFacts | null>;
  /** How far a minute has come on its way to its decision, oldest step first; empty before it left. */
  steps(runId: string, session: number, minuteIndex: number): Promise<readonly MinuteStep[]>;
  /** What came of a command, by the id of its message; null: nothing yet. */
  commandOutcome(messageId: string): Promise<CommandOutcome | null>;
  /** Every fill of a session in ledger order, for export. */
  trades(runId: string, session: number): Promise<readonly TradeRow[]>;
}

export interface RunRecord {
  readonly kind: 'paper' | 'replay';
  readonly config: RunConfig;
  /** Of its ledger: a run of another version than this program's is read, but neither hashed nor continued. */
  readonly ledgerVersion: string;
}

export interface SessionHead {
  readonly runId: string;
  readonly session: number;
  readonly minutes: number;
  readonly openMs: number;
  /** -1 before the first decision. */
  readonly lastMinute: number;
  /** The newest minute that left the gateway; ahead of `lastMinute` while its decision is on its way. */
  readonly publishedMinute: number;
  readonly closed: boolean;
  /** Null before the first decision. */
  readonly openingCashE4: number | null;
  /** The account as it stands: before the first decision as the session before, or the run's opening, left it. */
  readonly equityE4: number;
  readonly accountPeakE4: number;
  /** What the drawdown limit counts from now; arming moves it, also after the close. */
  readonly limitReferenceE4: number;
  readonly state: TradingState;
  /** What stands, in the order of CAUSES. */
  readonly causes: readonly StandingCause[];
  /** Wall-clock time of the last change; null before the first decision. */
  readonly updatedAtMs: number | null;
}

export interface MinuteStep {
  readonly step: MinuteStepName;
  /** Wall-clock time at which its message was stored. */
  readonly atMs: number;
}

export interface SessionFacts {
  readonly head: SessionHead;
  /** Of the run as it stands now; empty for a session that is not its newest. */
  readonly positions: readonly PositionRow[];
  readonly equity: readonly EquityFact[];
  readonly decisions: readonly DecisionFact[];
  readonly fills: readonly FillFact[];
  readonly bars: readonly BarFact[];
  readonly latency: readonly LatencyFact[];
  readonly orderCounts: Readonly<Record<OrderKind, number>>;
  /** Bars of the session with at least one fault, by code. */
  readonly faults: readonly FaultCount[];
  readonly faultyBars: number;
  /** Rows in quarantine, all runs. */
  readonly quarantined: number;
}

export type EquityFact = Pick<EquityRow, 'minuteIndex' | 'equityE4' | 'drawdownE4' | 'limitDrawdownE4'>;

export interface DecisionFact {
  readonly minuteIndex: number;
  readonly cause: 'minute' | 'pulse' | 'command';
  readonly sequence: number;
  readonly state: TradingState;
  readonly causes: readonly StandingCause[];
  readonly symbols: readonly SymbolDecision[];
}

export interface FillFact {
  readonly fillId: string;
  readonly orderRef: string;
  readonly minuteIndex: number;
  readonly eventMs: number;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly priceE4: number;
  readonly feesE4: number;
  readonly code: FillCode;
}

export interface BarFact {
  readonly minuteIndex: number;
  readonly symbol: string;
  readonly openE4: number;
  readonly closeE4: number;
}

export type LatencyFact = Omit<LatencyRow, 'runId' | 'session'>;

export interface FaultCount {
  readonly code: string;
  readonly hard: boolean;
  readonly count: number;
}

export interface TradeRow extends FillFact {
  /** Of its order; null when the order is not known. */
  readonly kind: OrderKind | null;
  readonly commissionE4: number;
  readonly exchangeE4: number;
  readonly secE4: number;
  readonly tafE4: number;
  /** Minute closed → order recorded, of the minute the order was decided on; null where it was not measured. */
  readonly latencyMs: number | null;
}
