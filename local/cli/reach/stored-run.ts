/**
 * A run read back from SQL alone, by the role that can only read: its result, its ledger rows, its latencies.
 */

import { createLedgerSource } from '../../../shared/adapters/postgres/runs/ledger-rows.ts';
import { createPool } from '../../../shared/adapters/postgres/connection/pool.ts';
import { quantileType7 } from '../../../shared/domain/metrics/quantile.ts';
import type { LatencyRow } from '../../../shared/ports/repositories.ts';
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

/** Minute closed → order recorded, over all minutes. */
export function latencyOf(rows: readonly LatencyRow[]): ReplayTimes['latencyMs'] {
  const sorted = Float64Array.from(rows, (row) => row.recordedMs - row.closedMs).sort();
  if (sorted.length === 0) return { p50: Number.NaN, p99: Number.NaN, max: Number.NaN };
  const at = (fraction: number): number => roundMs(quantileType7(sorted, fraction));
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function roundMs(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
