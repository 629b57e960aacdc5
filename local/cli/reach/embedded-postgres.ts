/**
 * The real drivers behind the supervisor's and the commands' interfaces: the embedded Postgres, made ready to use.
 */

import { createPostgresDatabase } from '../../../shared/adapters/postgres/connection/database.ts';
import { databaseLogin } from '../../../shared/runtime/with-secret.ts';
import { LOGIN_SECRETS, placeOf } from '../../database/connect.ts';
import { MIGRATIONS, readMigrations } from '../../database/migration-files.ts';
import { migrationCount, prepareDatabase } from '../../database/prepare.ts';
import { startPostgres } from '../../emulators/postgres/server.ts';
import type { DatabaseDriver, DatabaseOptions } from '../../stack/database-service.ts';

/** With `dailyDir`, the daily bars of the symbols are in the database before anything else starts. */
export function postgresDriver(dailyDir: string | null, symbols: readonly string[]): DatabaseDriver {
  return {
    start: ({ dataDir, port, secrets }) => {
      const admin = databaseLogin({ secrets, name: LOGIN_SECRETS.superuser });
      return startPostgres({ dataDir, port, superuser: () => admin.current() });
    },
    async prepare(options) {
      await prepareDatabase(options);
      if (dailyDir !== null) await storeDailyBars(options, dailyDir, symbols);
    },
  };
}

/** What the database has and lacks; a database that was never prepared lacks everything. */
export async function migrationState(session: DatabaseOptions): Promise<{ applied: number; pending: number }> {
  const count = await migrationCount(session);
  return count ?? { applied: 0, pending: readMigrations(MIGRATIONS, 'native').length };
}

async function storeDailyBars(options: DatabaseOptions, dir: string, symbols: readonly string[]): Promise<void> {
  const { loadDailyBars } = await import('../options/daily-bars.ts');
  const bars = loadDailyBars(dir, symbols);
  const database = createPostgresDatabase({
    login: databaseLogin({ secrets: options.secrets, name: LOGIN_SECRETS.app, at: placeOf(options) }),
    applicationName: 'jules-daily-bars',
    poolMax: 1,
  });
  try {
    await database.transaction(({ dailyBars }) => dailyBars.upsert(bars));
  } finally {
    await database.close();
  }
}
