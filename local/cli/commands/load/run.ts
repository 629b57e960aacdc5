/**
 * What `jules load` does: reads the files, judges every session, stores the rows, names what is missing or bad.
 *
 * All files are read before the first row is written, and each symbol's session is one transaction: nothing is
 * half-applied, and loading again changes nothing. Rows are stored under their content: a corrected file leaves those of
 * the one before as they are.
 */

import { readAllBars } from '../../../../shared/adapters/csv/bars-csv.ts';
import { sessionOn } from '../../../../shared/domain/calendar/calendar.ts';
import { formatSessionDate } from '../../../../shared/domain/calendar/session-date.ts';
import { assert } from '../../../../shared/domain/units/units.ts';
import { barDigests } from '../../../../shared/adapters/csv/bar-digests.ts';
import type { RecordedBars } from '../../../../shared/adapters/csv/bars-csv.ts';
import type { DailyBar } from '../../../../shared/ports/repositories/market.ts';
import type { QuarantineEntry } from '../../../../shared/ports/repositories/messages.ts';
import type { Database } from '../../../../shared/ports/repositories.ts';
import { defaultDataDir, prepareDataDir } from '../../../stack/data-dir.ts';
import { EXIT_OK } from '../../../problem.ts';
import { appDatabase } from '../../reach/app-database.ts';
import type { CliContext } from '../../context.ts';
import { loadDailyBars } from '../../options/daily-bars.ts';
import { withDatabase } from '../../reach/database-session.ts';
import { postgresDriver } from '../../reach/embedded-postgres.ts';
import { judgeSession } from './judged-session.ts';
import { countQuarantine, countSymbol, emptySummary, type LoadSummary, summaryLines } from './table.ts';
import { problemOfCsv } from '../../options/recorded-bars.ts';
import { progressBar, type Terminal } from '../../shell/terminal.ts';

const ROWS_PER_STATEMENT = 1_000;

export interface LoadOptions {
  readonly bars: string;
  readonly daily?: string;
  readonly symbols: string[];
  readonly data?: string;
  readonly json?: boolean;
}

export async function load(options: LoadOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const recorded = problemOfCsv(() => readAllBars(options.bars, options.symbols));
  const daily = options.daily === undefined ? [] : loadDailyBars(options.daily, options.symbols);
  prepareDataDir(options.data ?? defaultDataDir(context.env));
  const request = { data: options.data, driver: postgresDriver(null, []), migrates: true };
  const summary = await withDatabase(request, context, async (session) => {
    const database = appDatabase(session, 'jules-load');
    try {
      return await store(database, { symbols: options.symbols, recorded, daily, terminal });
    } finally {
      await database.close();
    }
  });
  if (options.json) terminal.out(JSON.stringify(summary));
  else for (const line of summaryLines(summary, recorded.quarantine)) terminal.out(line);
  return EXIT_OK;
}

interface LoadPlan {
  readonly symbols: readonly string[];
  readonly recorded: RecordedBars;
  readonly daily: readonly DailyBar[];
  readonly terminal: Pick<Terminal, 'status'>;
}

async function store(database: Database, plan: LoadPlan): Promise<LoadSummary> {
  const { symbols, recorded, daily, terminal } = plan;
  const summary = emptySummary(symbols);
  try {
    for (const [date, table] of recorded.tables) {
      const session = sessionOn(date);
      assert(session !== null, 'the loader makes tables for sessions only');
      const digests = barDigests(table);
      for (const [s, judged] of judgeSession(session, table, symbols).entries()) {
        const feeds = new Map([[judged.symbol, digests[s]!]]);
        await database.transaction(async ({ bars }) => {
          await bars.add(feeds, judged.bars);
          await bars.addQuality(feeds, judged.quality);
        });
        countSymbol(summary, date, judged);
      }
      summary.sessions += 1;
      terminal.status(`${formatSessionDate(date)} ${progressBar(summary.sessions / recorded.tables.size)}`);
    }
    summary.dailyBars = await storeDaily(database, daily);
    await storeQuarantine(database, recorded.quarantine);
    countQuarantine(summary, recorded.quarantine);
  } finally {
    terminal.status('');
  }
  return summary;
}

async function storeDaily(database: Database, daily: readonly DailyBar[]): Promise<number> {
  if (daily.length > 0) await database.transaction(({ dailyBars }) => dailyBars.upsert(daily));
  return daily.length;
}

async function storeQuarantine(database: Database, entries: readonly QuarantineEntry[]): Promise<void> {
  for (let at = 0; at < entries.length; at += ROWS_PER_STATEMENT) {
    const batch = entries.slice(at, at + ROWS_PER_STATEMENT);
    await database.transaction(({ quarantine }) => quarantine.add(batch));
  }
}
