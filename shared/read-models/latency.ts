/**
 * Latency of the stages of a minute: how long each took after the one before, as p50, p99 and maximum.
 */

import { quantileType7 } from '../domain/metrics/quantile.ts';
import type { LatencyFact } from '../ports/report-views.ts';

export const LATENCY_STAGES = ['ingest', 'signal', 'risk', 'record', 'total'] as const;
export type LatencyStage = (typeof LATENCY_STAGES)[number];

export interface StageLatency {
  readonly stage: LatencyStage;
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const DURATIONS: Readonly<Record<LatencyStage, (row: LatencyFact) => number>> = {
  ingest: (row) => row.ingestMs - row.closedMs,
  signal: (row) => row.signalMs - row.ingestMs,
  risk: (row) => row.riskMs - row.signalMs,
  record: (row) => row.recordedMs - row.riskMs,
  total: (row) => row.recordedMs - row.closedMs,
};

/** One entry a stage; empty without a measured minute. */
export function stageLatencies(rows: readonly LatencyFact[]): StageLatency[] {
  if (rows.length === 0) return [];
  return LATENCY_STAGES.map((stage) => {
    const sorted = Float64Array.from(rows, DURATIONS[stage]).sort();
    return {
      stage,
      count: sorted.length,
      p50Ms: quantileType7(sorted, 0.5),
      p99Ms: quantileType7(sorted, 0.99),
      maxMs: quantileType7(sorted, 1),
    };
  });
}
