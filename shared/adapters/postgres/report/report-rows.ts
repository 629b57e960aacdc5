/**
 * Rows of the reports' questions, turned into units: BIGINT arrives as text, JSON as text, both are checked here.
 */

import * as z from 'zod';
import { runConfigSchema } from '../../../contracts/run-config.ts';
import { symbolDecisionSchema } from '../../../contracts/decision.v2.ts';
import { feesTotalE4, type OrderKind } from '../../../domain/orders/types.ts';
import { FAULT, type FaultCode, HARD_FAULTS } from '../../../domain/quality/faults.ts';
import type { StandingCause, TradingState } from '../../../domain/risk/causes.ts';
import type { CommandOutcome } from '../../../domain/risk/command-outcome.ts';
import { MINUTE_MS } from '../../../domain/units/units.ts';
import type {
  BarFact,
  DecisionFact,
  EquityFact,
  FaultCount,
  FillFact,
  LatencyFact,
  PositionFact,
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

export interface HeadRow {
  readonly run_id: string;
  readonly session: number;
  readonly minutes: number;
  readonly open_ms: string;
  readonly published_minute: number;
  readonly last_minute: number | null;
  readonly closed: boolean | null;
  readonly opening_cash_e4: string | null;
  readonly equity_e4: string | null;
  readonly account_peak_e4: string | null;
  readonly limit_reference_e4: string | null;
  readonly trading_state: TradingState | null;
  readonly state_causes: readonly StandingCause[] | null;
  readonly updated_at_ms: number | null;
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
  const config = runConfigSchema.parse(JSON.parse(row.config));
  return { kind: row.kind, config, ledgerVersion: row.ledger_version };
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
    equityE4: integerOrNull(row.equity_e4, 'accounts.equity_e4'),
    accountPeakE4: integerOrNull(row.account_peak_e4, 'accounts.account_peak_e4'),
    limitReferenceE4: integerOrNull(row.limit_reference_e4, 'accounts.limit_reference_e4'),
    state: row.trading_state ?? 'ACTIVE',
    causes: row.state_causes ?? [],
    updatedAtMs: row.updated_at_ms,
  };
}

export function positionFact(row: PositionDbRow): PositionFact {
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
