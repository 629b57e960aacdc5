/**
 * Rows of the reports' questions, turned into units: BIGINT arrives as text, JSON as text, both are checked here.
 */

import * as z from 'zod';
import { runConfigSchema } from '../../../contracts/run-config.ts';
import { symbolDecisionSchema } from '../../../contracts/decision.v2.ts';
import { feesTotalE4, type OrderKind } from '../../../domain/orders/types.ts';
import { FAULT, type FaultCode, HARD_FAULTS } from '../../../domain/quality/faults.ts';
import { type StandingCause, stateOf, type TradingState } from '../../../domain/risk/causes.ts';
import type { CommandOutcome } from '../../../domain/risk/command-outcome.ts';
import { causesAtFirstOpen } from '../../../domain/risk/opening.ts';
import type { RunConfig } from '../../../domain/run/run-config.ts';
import { MINUTE_MS } from '../../../domain/units/units.ts';
import type { PositionRow } from '../../../ports/repositories/accounts.ts';
import type {
  BarFact,
  DecisionFact,
  EquityFact,
  FaultCount,
  FillFact,
  LatencyFact,
  RunRecord,
  SessionHead,
  TradeRow,
} from '../../../ports/report-views.ts';
import { integer, integerOrNull } from '../connection/columns.ts';
import type { BarDbRow } from '../market/bar-repository.ts';
import type { DecisionDbRow } from '../runs/decision-rows.ts';
import { type FillDbRow, fillOf } from '../runs/execution-rows.ts';
import { type LatencyDbRow, latencyRow } from '../runs/latency-rows.ts';

export interface RunRow {
  readonly kind: 'paper' | 'replay';
  readonly config: string;
  readonly ledger_version: string;
}

export type HeadRow = SessionDbRow & (StandingDbRow | OpeningDbRow);

interface SessionDbRow {
  readonly run_id: string;
  readonly session: number;
  readonly minutes: number;
  readonly open_ms: string;
  readonly published_minute: number;
  readonly last_minute: number | null;
  readonly closed: boolean | null;
  readonly opening_cash_e4: string | null;
  readonly updated_at_ms: number | null;
}

interface StandingDbRow {
  readonly opening_config: null;
  readonly equity_e4: string;
  readonly account_peak_e4: string;
  readonly limit_reference_e4: string;
  readonly trading_state: TradingState;
  readonly state_causes: readonly StandingCause[];
}

/** Of a run that has decided nothing yet. */
interface OpeningDbRow {
  readonly opening_config: string;
}

export interface PositionDbRow {
  readonly symbol: string;
  readonly quantity: string;
  readonly cost_e4: string;
  readonly mark_e4: string;
  readonly stop_price_e4: string;
}

export interface EquityDbRow {
  readonly minute_index: number;
  readonly equity_e4: string;
  readonly drawdown_e4: string;
  readonly limit_drawdown_e4: string;
}

export interface TradeDbRow extends FillDbRow {
  readonly kind: OrderKind | null;
  readonly latency_ms: number | null;
}

export interface OrderCountRow {
  readonly kind: OrderKind;
  readonly count: number;
}

export interface FaultDbRow {
  readonly code: string;
  readonly count: number;
}

export interface OutcomeRow {
  /** Written by risk from its own types. */
  readonly outcome: CommandOutcome;
}

export interface TotalsRow {
  readonly faulty_bars: number;
  readonly quarantined: number;
}

const storedSymbols = z.array(symbolDecisionSchema);

export function runRecord(row: RunRow): RunRecord {
  return { kind: row.kind, config: readRunConfig(row.config), ledgerVersion: row.ledger_version };
}

function readRunConfig(text: string): RunConfig {
  return runConfigSchema.parse(JSON.parse(text));
}

export function sessionHead(row: HeadRow): SessionHead {
  return {
    runId: row.run_id,
    session: row.session,
    minutes: row.minutes,
    openMs: integer(row.open_ms, 'sessions.open_ms'),
    lastMinute: row.last_minute ?? -1,
    publishedMinute: row.published_minute,
    closed: row.closed ?? false,
    openingCashE4: integerOrNull(row.opening_cash_e4, 'accounts.opening_cash_e4'),
    updatedAtMs: row.updated_at_ms,
    ...(row.opening_config === null ? accountHead(row) : openingHead(row)),
  };
}

type AccountHead = Pick<SessionHead, 'equityE4' | 'accountPeakE4' | 'limitReferenceE4' | 'state' | 'causes'>;

function accountHead(row: StandingDbRow): AccountHead {
  return {
    equityE4: integer(row.equity_e4, 'accounts.equity_e4'),
    accountPeakE4: integer(row.account_peak_e4, 'accounts.account_peak_e4'),
    limitReferenceE4: integer(row.limit_reference_e4, 'accounts.limit_reference_e4'),
    state: row.trading_state,
    causes: row.state_causes,
  };
}

/** Of a run that has decided nothing, so this is its first session. */
function openingHead({ opening_config, open_ms }: SessionDbRow & OpeningDbRow): AccountHead {
  const { opening } = readRunConfig(opening_config);
  const { cashE4: equityE4, accountPeakE4, limitReferenceE4 } = opening;
  const openMs = integer(open_ms, 'sessions.open_ms');
  const causes = causesAtFirstOpen(opening.causes, { opening, openMs });
  return { equityE4, accountPeakE4, limitReferenceE4, causes, state: stateOf(causes) };
}

export function positionFact(row: PositionDbRow): PositionRow {
  return {
    symbol: row.symbol,
    quantity: integer(row.quantity, 'positions.quantity'),
    costE4: integer(row.cost_e4, 'positions.cost_e4'),
    markE4: integer(row.mark_e4, 'positions.mark_e4'),
    stopPriceE4: integer(row.stop_price_e4, 'positions.stop_price_e4'),
  };
}

export function equityFact(row: EquityDbRow): EquityFact {
  return {
    minuteIndex: row.minute_index,
    equityE4: integer(row.equity_e4, 'equity.equity_e4'),
    drawdownE4: integer(row.drawdown_e4, 'equity.drawdown_e4'),
    limitDrawdownE4: integer(row.limit_drawdown_e4, 'equity.limit_drawdown_e4'),
  };
}

export function decisionFact(row: Omit<DecisionDbRow, 'minutes' | 'event_ms' | 'equity_e4' | 'cancels'>): DecisionFact {
  return {
    minuteIndex: row.minute_index,
    cause: row.cause,
    sequence: row.sequence,
    state: row.state,
    causes: row.state_causes,
    symbols: storedSymbols.parse(JSON.parse(row.symbols)),
  };
}

export function fillFact(row: FillDbRow): FillFact {
  const { fees, session: _, sequence: __, ...fact } = fillOf(row);
  return { ...fact, feesE4: feesTotalE4(fees) };
}

export function tradeRow(row: TradeDbRow): TradeRow {
  return { ...fillFact(row), ...fillOf(row).fees, kind: row.kind, latencyMs: row.latency_ms };
}

export function barFact(
  row: Pick<BarDbRow, 'symbol' | 'open_ms' | 'open_e4' | 'close_e4'>,
  sessionOpenMs: number,
): BarFact {
  return {
    minuteIndex: Math.round((integer(row.open_ms, 'ohlcv.ts') - sessionOpenMs) / MINUTE_MS),
    symbol: row.symbol,
    openE4: integer(row.open_e4, 'ohlcv.open_e4'),
    closeE4: integer(row.close_e4, 'ohlcv.close_e4'),
  };
}

export function latencyFact(row: LatencyDbRow): LatencyFact {
  const { runId: _, session: __, ...fact } = latencyRow('', row);
  return fact;
}

export function faultCount({ code, count }: FaultDbRow): FaultCount {
  const bit = FAULT[code as FaultCode] ?? 0;
  return { code, hard: (bit & HARD_FAULTS) !== 0, count };
}

export function commandOutcome({ outcome: { result, text, state, causes, arming } }: OutcomeRow): CommandOutcome {
  return { result, text, state, causes, arming };
}

export function totals(row: TotalsRow | undefined): { faultyBars: number; quarantined: number } {
  return { faultyBars: row?.faulty_bars ?? 0, quarantined: row?.quarantined ?? 0 };
}
