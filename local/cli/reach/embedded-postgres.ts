/**
 * The real drivers behind the supervisor's and the commands' interfaces: the embedded Postgres, made ready to use.
 */

import { createPostgresDatabase } from '../../../shared/adapters/postgres/connection/database.ts';
import { formatSessionDate, type SessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { profile, type ProfileName, readsDailyBars } from '../../../shared/domain/profile/profile.ts';
import type { AccountRow } from '../../../shared/ports/repositories/accounts.ts';
import type { DailyBar } from '../../../shared/ports/repositories/market.ts';
import type { Repositories } from '../../../shared/ports/repositories.ts';
import { databaseLogin } from '../../../shared/runtime/with-secret.ts';
import { LOGIN_SECRETS, placeOf } from '../../database/connect.ts';
import { MIGRATIONS, readMigrations } from '../../database/migration-files.ts';
import { migrationCount, prepareDatabase } from '../../database/prepare.ts';
import { startPostgres } from '../../emulators/postgres/server.ts';
import type { DatabaseDriver, DatabaseOptions } from '../../stack/database-service.ts';
import { EXIT_FAILED, Problem } from '../../problem.ts';
import { loadDailyBars, refuseWithoutHistory } from '../options/daily-bars.ts';

/** What has to be known of a run to say whether its profile has a history to read. */
export interface RunOnDailyBars {
  readonly runId: string;
  readonly profile: ProfileName;
  readonly firstSession: SessionDate;
}

/**
 * With `dailyDir`, the daily bars of the symbols are in the database before anything else starts. With a profile that
 * reads them, `prepare` throws Problem where neither the folder nor the database has one of each symbol before the run, or
 * where the run was decided on others than it would go on with: nothing is stored then.
 */
export function postgresDriver(
  dailyDir: string | null,
  symbols: readonly string[],
  run: RunOnDailyBars | null = null,
): DatabaseDriver {
  return {
    start: ({ dataDir, port, secrets }) => {
      const admin = databaseLogin({ secrets, name: LOGIN_SECRETS.superuser });
      return startPostgres({ dataDir, port, superuser: () => admin.current() });
    },
    async prepare(options) {
      await prepareDatabase(options);
      if (dailyDir !== null) await storeDailyBars(options, { dir: dailyDir, symbols, runId: run?.runId ?? null });
      if (run === null || !readsDailyBars(profile(run.profile))) return;
      const { profile: name, firstSession: before } = run;
      refuseWithoutHistory({ name, dir: dailyDir, symbols, before }, await newestDailyBars(options, symbols, before));
    },
  };
}

/** What the database has and lacks; a database that was never prepared lacks everything. */
export async function migrationState(session: DatabaseOptions): Promise<{ applied: number; pending: number }> {
  const count = await migrationCount(session);
  return count ?? { applied: 0, pending: readMigrations(MIGRATIONS, 'native').length };
}

interface DailyBarsToStore {
  readonly dir: string;
  readonly symbols: readonly string[];
  /** The run that is continued or begun, if any. */
  readonly runId: string | null;
}

async function storeDailyBars(options: DatabaseOptions, { dir, symbols, runId }: DailyBarsToStore): Promise<void> {
  const bars = loadDailyBars(dir, symbols);
  await inDatabase(options, async ({ dailyBars, accounts }) => {
    await dailyBars.upsert(bars);
    const last = runId === null ? null : await accounts.latest(runId);
    if (last === null || last.dailyHash === null) return;
    const now = await dailyBars.contentHash(symbols, last.session);
    // Thrown inside the transaction: the rows stay what they were.
    if (now !== last.dailyHash) throw otherDailyBars(dir, last, now);
  });
}

function otherDailyBars(dir: string, { runId, session, dailyHash }: AccountRow, now: string): Problem {
  const before = `before ${formatSessionDate(session)}`;
  return new Problem(
    `--daily: '${dir}' changes the daily bars ${before} that run ${runId} was decided on: their digest is ${dailyHash}, and would be ${now}`,
    {
      fix: 'give the folder as it was, or add --new-run to begin another run; the old one stays readable',
      exitCode: EXIT_FAILED,
    },
  );
}

function newestDailyBars(
  options: DatabaseOptions,
  symbols: readonly string[],
  before: SessionDate,
): Promise<readonly DailyBar[]> {
  return inDatabase(options, ({ dailyBars }) => dailyBars.before(symbols, before, 1));
}

async function inDatabase<Result>(
  options: DatabaseOptions,
  work: (repositories: Repositories) => Promise<Result>,
): Promise<Result> {
  const database = createPostgresDatabase({
    login: databaseLogin({ secrets: options.secrets, name: LOGIN_SECRETS.app, at: placeOf(options) }),
    applicationName: 'jules-daily-bars',
    poolMax: 1,
  });
  try {
    return await database.transaction(work);
  } finally {
    await database.close();
  }
}
