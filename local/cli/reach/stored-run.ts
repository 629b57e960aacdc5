/**
 * A run read back from SQL alone, by the role that can only read: its result, its ledger rows, its latencies.
 */

import { createLedgerSource } from '../../../shared/adapters/postgres/runs/ledger-rows.ts';
import { createPool } from '../../../shared/adapters/postgres/connection/pool.ts';
import type { LatencyRow } from '../../../shared/ports/repositories/execution.ts';
import { stageLatencies } from '../../../shared/read-models/latency.ts';
import { databaseLogin } from '../../../shared/runtime/with-secret.ts';
import { LOGIN_SECRETS, placeOf } from '../../database/connect.ts';
import type { DatabaseOptions } from '../../stack/database-service.ts';
import { rebuildStoredRun, type StoredRun } from './rebuild-ledger.ts';
import type { ReplayTimes } from '../shell/run-table.ts';

export type { StoredRun } from './rebuild-ledger.ts';

/** Throws Problem when the run is unknown or a session of it is not complete. */
export async function readStoredRun(
  server: Pick<DatabaseOptions, 'host' | 'port' | 'secrets'>,
  runId: string,
  onRow: ((row: string) => void) | null = null,
): Promise<StoredRun> {
  const pool = createPool({
    login: databaseLogin({ secrets: server.secrets, name: LOGIN_SECRETS.reader, at: placeOf(server) }),
    applicationName: 'jules',
    poolMax: 2,
  });
  try {
    return await rebuildStoredRun(createLedgerSource(pool), runId, onRow);
  } finally {
    await pool.end();
  }
}

/** Minute closed → order recorded, over all minutes; not numbers where there were none. */
export function latencyOf(rows: readonly LatencyRow[]): ReplayTimes['latencyMs'] {
  const total = stageLatencies(rows).find(({ stage }) => stage === 'total');
  if (total === undefined) return { p50: Number.NaN, p99: Number.NaN, max: Number.NaN };
  return { p50: roundMs(total.p50Ms), p99: roundMs(total.p99Ms), max: roundMs(total.maxMs) };
}

function roundMs(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
