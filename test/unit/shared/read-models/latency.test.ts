/**
 * Stage latencies are differences between neighbouring stamps, summed up over the session.
 */

import { expect, it } from 'vitest';
import { stageLatencies } from '../../../../shared/read-models/latency.ts';

function row(minuteIndex: number, totalMs: number) {
  return { minuteIndex, closedMs: 0, ingestMs: 2, signalMs: 5, riskMs: 9, recordedMs: totalMs };
}

it('measures each stage after the one before, and the whole from the close', () => {
  const stages = stageLatencies([row(0, 10)]);
  expect(stages.map((each) => [each.stage, each.p50Ms])).toEqual([
    ['ingest', 2],
    ['signal', 3],
    ['risk', 4],
    ['record', 1],
    ['total', 10],
  ]);
});

it('gives median, 99th percentile and maximum with their count', () => {
  const rows = Array.from({ length: 101 }, (_, i) => row(i, 10 + i));
  expect(stageLatencies(rows).at(-1)).toEqual({ stage: 'total', count: 101, p50Ms: 60, p99Ms: 109, maxMs: 110 });
});

it('is empty without a measured minute', () => {
  expect(stageLatencies([])).toEqual([]);
});
