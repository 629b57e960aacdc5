/**
 * What sessions leave behind on disk: a run of a few of them through the whole stack, then the size of every table.
 */

import { rmSync } from 'node:fs';
import { postgresDriver } from '../../local/cli/reach/embedded-postgres.ts';
import { withDatabase } from '../../local/cli/reach/database-session.ts';
import { LOGIN_SECRETS, placeOf } from '../../local/database/connect.ts';
import { createPool } from '../../shared/adapters/postgres/connection/pool.ts';
import { databaseLogin } from '../../shared/runtime/with-secret.ts';
import { writeBarsFolder } from '../support/bars/bars-folder.ts';
import { replay, runOptions } from '../support/stack/replays.ts';
import { atMost, type Measurement, measurement } from './measure.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const SESSIONS = [20_250_102, 20_250_103, 20_250_106];

/** Everything that is stored, indexes and out-of-line values included, after what was deleted has been swept up. */
const SIZES = `SELECT sum(pg_total_relation_size(c.oid))::float8 AS bytes FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname IN ('public', 'md')`;

export async function benchDisk(): Promise<Measurement[]> {
  const one = await databaseBytes(SESSIONS.slice(0, 1));
  const all = await databaseBytes(SESSIONS);
  const perSession = (all - one) / (SESSIONS.length - 1) / 1e6;
  return [measurement('database for each closed session of 2 symbols', 'MB', [perSession], atMost(1.5))];
}

async function databaseBytes(sessions: readonly number[]): Promise<number> {
  const bars = writeBarsFolder({ symbols: SYMBOLS, sessions, seed: 5 });
  const options = runOptions({ bars, symbols: SYMBOLS, from: sessions[0]!, to: sessions.at(-1)! });
  const { dataDir } = await replay(options, { keep: true });
  try {
    return await sizeOf(dataDir!);
  } finally {
    rmSync(bars, { recursive: true });
    rmSync(dataDir!, { recursive: true });
  }
}

function sizeOf(data: string): Promise<number> {
  const context = { env: {}, terminal: null as never, exit: () => undefined };
  return withDatabase({ data, driver: postgresDriver(null, []), migrates: false }, context, async (session) => {
    const login = databaseLogin({ secrets: session.secrets, name: LOGIN_SECRETS.superuser, at: placeOf(session) });
    const pool = createPool({ login, applicationName: 'jules-bench', poolMax: 1 });
    try {
      await pool.query('VACUUM');
      const { rows } = await pool.query<{ bytes: number }>(SIZES);
      return rows[0]!.bytes;
    } finally {
      await pool.end();
    }
  });
}
