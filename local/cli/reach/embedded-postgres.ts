/**
 * The real drivers behind the supervisor's and the commands' interfaces: the embedded Postgres, made ready to use.
 */

import { createPostgresDatabase } from '../../../shared/adapters/postgres/connection/database.ts';
import { formatSessionDate, type SessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { profile, readsDailyBars } from '../../../shared/domain/profile/profile.ts';
import { VAR_ROWS_MAX } from '../../../shared/domain/risk/var.ts';
import type { RunConfig } from '../../../shared/domain/run/run-config.ts';
import { priceText, usdText } from '../../../shared/domain/units/money-text.ts';
import type { AccountRow, PositionRow } from '../../../shared/ports/repositories/accounts.ts';
import type { DailyBar } from '../../../shared/ports/repositories/market.ts';
import type { Repositories } from '../../../shared/ports/repositories.ts';
import { fixOfRefusal } from '../../../shared/runtime/run-refusals.ts';
import { databaseLogin } from '../../../shared/runtime/with-secret.ts';
import { LOGIN_SECRETS, placeOf } from '../../database/connect.ts';
import { MIGRATIONS, readMigrations } from '../../database/migration-files.ts';
import { migrationCount, prepareDatabase } from '../../database/prepare.ts';
import { startPostgres } from '../../emulators/postgres/server.ts';
import type { DatabaseDriver, DatabaseOptions } from '../../stack/database-service.ts';
import { EXIT_FAILED, Problem } from '../../problem.ts';
import { historyWarnings, loadDailyBars, loadDailyBarsFor, refuseWithoutHistory } from '../options/daily-bars.ts';

/** The run that the database is started for. */
export interface RunToAdmit {
  readonly config: RunConfig;
  readonly firstSession: SessionDate;
  /** Throws Problem where what is left of it cannot be played: the sessions after this one, or all if null. */
  readonly judgeAfter: (over: SessionDate | null) => void;
  /** Nothing refuses it any more; with what an operator has to know of how it begins. */
  readonly onAdmitted: (notes: readonly string[]) => void;
}

/**
 * With `dailyDir`, the daily bars of the symbols are in the database before anything else starts. With a run, `prepare` throws
 * Problem where the run or its book was begun otherwise, where its profile reads daily bars and neither the folder nor the
 * database has one of each symbol before it, or where it was decided on others than it would go on with: nothing is stored
 * then.
 */
export function postgresDriver(
  dailyDir: string | null,
  symbols: readonly string[],
  run: RunToAdmit | null = null,
): DatabaseDriver {
  return {
    start: ({ dataDir, port, secrets }) => {
      const admin = databaseLogin({ secrets, name: LOGIN_SECRETS.superuser });
      return startPostgres({ dataDir, port, superuser: () => admin.current() });
    },
    async prepare(options) {
      await prepareDatabase(options);
      if (run === null) {
        if (dailyDir !== null)
          await storeDailyBars(options, {
            bars: loadDailyBars(dailyDir, symbols),
            dir: dailyDir,
            symbols,
            runId: null,
          });
        return;
      }
      const { runId, profile: name } = run.config;
      const { over, notes } = await admit(options, run.config);
      run.judgeAfter(over);
      if (dailyDir !== null) {
        const bars = loadDailyBarsFor(name, { dir: dailyDir, symbols });
        await storeDailyBars(options, { bars, dir: dailyDir, symbols, runId });
      }
      if (readsDailyBars(profile(name))) notes.push(...(await checkHistory(options, dailyDir, run)));
      run.onAdmitted(notes);
    },
  };
}

interface Admitted {
  /** The last session that is over; null where none is. */
  readonly over: SessionDate | null;
  /** What the run takes over. */
  readonly notes: string[];
}

/** Throws Problem where the run or its book was begun otherwise. */
async function admit(options: DatabaseOptions, config: RunConfig): Promise<Admitted> {
  try {
    return await inDatabase(options, async (repositories) => {
      const left = await repositories.runs.admit(config, 'paper');
      const over = await lastOver(repositories, config.runId);
      if (left === null) return { over, notes: [] };
      const held = (await repositories.accounts.positions(left.runId)).filter(({ quantity }) => quantity !== 0);
      return { over, notes: held.length === 0 ? [] : [takeOverText(config.bookId, left, held)] };
    });
  } catch (cause) {
    const fix = fixOfRefusal(cause);
    if (fix === null) throw cause;
    throw new Problem((cause as Error).message, { fix, exitCode: EXIT_FAILED, cause });
  }
}

/** The last session of a run whose last minute is decided. */
async function lastOver({ runs, execution }: Repositories, runId: string): Promise<SessionDate | null> {
  const [last, previous] = (await runs.sessions(runId)).toReversed();
  if (last === undefined) return null;
  const { decidedMinute } = await execution.progress(runId, last.session);
  return decidedMinute >= last.minutes - 1 ? last.session : (previous?.session ?? null);
}

/** The new run does not hold them: they count as sold at their marks, without an order or a fee. */
function takeOverText(bookId: string, { runId, equityE4 }: AccountRow, held: readonly PositionRow[]): string {
  const positions = held.map(({ symbol, quantity, markE4 }) => `${quantity} ${symbol} at ${priceText(markE4)}`);
  return (
    `run ${runId} left ${positions.join(', ')} open: book ${bookId} takes them at these last marks, without an order or fees, ` +
    `and the new run begins flat with ${usdText(equityE4)}`
  );
}

/** What an operator has to know of it. */
async function checkHistory(options: DatabaseOptions, dir: string | null, run: RunToAdmit): Promise<readonly string[]> {
  const { config, firstSession: before } = run;
  const { profile: name, symbols } = config;
  const bars = await inDatabase(options, ({ dailyBars }) => dailyBars.before(symbols, before, VAR_ROWS_MAX));
  refuseWithoutHistory({ name, dir, symbols, before }, bars);
  return historyWarnings({ name, symbols, before }, bars).map((text) => `warning: ${text}`);
}

/** What the database has and lacks; a database that was never prepared lacks everything. */
export async function migrationState(session: DatabaseOptions): Promise<{ applied: number; pending: number }> {
  const count = await migrationCount(session);
  return count ?? { applied: 0, pending: readMigrations(MIGRATIONS, 'native').length };
}

interface DailyBarsToStore {
  readonly bars: readonly DailyBar[];
  readonly dir: string;
  readonly symbols: readonly string[];
  /** The run that is continued or begun, if any. */
  readonly runId: string | null;
}

async function storeDailyBars(
  options: DatabaseOptions,
  { bars, dir, symbols, runId }: DailyBarsToStore,
): Promise<void> {
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
