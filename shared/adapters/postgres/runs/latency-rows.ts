/**
 * Rows of a minute's latency: wall-clock milliseconds with their fractions.
 */

import type { LatencyRow } from '../../../ports/repositories/execution.ts';

export const LATENCY_COLUMNS = 'session, minute_index, closed_ms, ingest_ms, signal_ms, risk_ms, recorded_ms';

export interface LatencyDbRow {
  readonly session: number;
  readonly minute_index: number;
  readonly closed_ms: number;
  readonly ingest_ms: number;
  readonly signal_ms: number;
  readonly risk_ms: number;
  readonly recorded_ms: number;
}

export function latencyRow(runId: string, row: LatencyDbRow): LatencyRow {
  return {
    runId,
    session: row.session,
    minuteIndex: row.minute_index,
    closedMs: row.closed_ms,
    ingestMs: row.ingest_ms,
    signalMs: row.signal_ms,
    riskMs: row.risk_ms,
    recordedMs: row.recorded_ms,
  };
}
