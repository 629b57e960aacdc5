/**
 * A run through the whole stack in one process, disturbed as a test wishes, with what is left of it in the database.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableSession } from '../../../gateway/sources/table-session.ts';
import type { MarketSource } from '../../../shared/ports/market-source.ts';
import { rebuildStoredRun } from '../../../local/cli/reach/rebuild-ledger.ts';
import { barDigests } from '../../../shared/adapters/csv/bar-digests.ts';
import { createMemoryDatabase, type MemoryDatabase } from '../memory/memory-database.ts';
import { createMemoryLedger } from '../memory/memory-ledger.ts';
import type { BacktestInput } from '../../../shared/domain/run/backtest.ts';
import type { RunSummary } from '../../../shared/domain/run/run-tally.ts';
import type { DailyBar } from '../../../shared/ports/repositories/market.ts';
import { hurriedClock } from './hurried-clock.ts';
import { playStack, type StackParts } from './trading-stack.ts';
import { NO_TROUBLE, Trouble, type TroubleRates } from './trouble.ts';

export interface TradedRun {
  readonly summary: RunSummary;
  readonly rows: readonly string[];
  readonly database: MemoryDatabase;
  /** Lines of the bridge's log. */
  readonly orderLog: readonly string[];
  /** Session and minute of every line of the journal. */
  readonly journal: readonly string[];
  /** What went wrong, in order. */
  readonly troubles: readonly string[];
}

export interface TradingOptions {
  readonly rates?: Partial<TroubleRates>;
  readonly seed?: number;
  readonly damage?: StackParts['damage'];
}

export async function tradeRun(input: BacktestInput, options: TradingOptions = {}): Promise<TradedRun> {
  const clock = hurriedClock();
  const database = createMemoryDatabase({ nowMs: () => clock.nowMs() });
  await database.transaction(({ dailyBars }) => dailyBars.upsert(input.dailyBars.map(dailyBar)));
  const trouble = new Trouble({ ...NO_TROUBLE, ...options.rates }, options.seed ?? 1);
  const dataDir = mkdtempSync(join(tmpdir(), 'jules-trading-'));
  const journal: string[] = [];
  const append: StackParts['journal']['append'] = async ({ session, minuteIndex }) =>
    void journal.push(`${session}/${minuteIndex}`);
  try {
    const { config } = input;
    const { damage } = options;
    const parts = { config, source: sourceOf(input), database, clock, trouble, dataDir, journal: { append } };
    await playStack({ ...parts, ...(damage && { damage }) });
    const rows: string[] = [];
    const { summary } = await rebuildStoredRun(
      createMemoryLedger(database),
      config.runId,
      (row) => void rows.push(row),
    );
    const orderLog = linesOf(join(dataDir, 'orders', `${config.runId}.jsonl`));
    return { summary, rows, database, orderLog, journal, troubles: trouble.log };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

export function sourceOf(input: BacktestInput): MarketSource {
  const days = [...input.sessions];
  return {
    nextSession: (after) => days.find(({ session }) => after === null || session.date > after)?.session ?? null,
    async open({ session, minuteIndex }) {
      const { table } = days.find((day) => day.session.date === session.date)!;
      return tableSession({ symbols: input.config.symbols, table, minuteIndex, digests: barDigests(table) });
    },
  };
}

/** The columns that value at risk does not read follow from those that it does. */
function dailyBar({ symbol, session, openE4, closeE4 }: BacktestInput['dailyBars'][number]): DailyBar {
  const [lowE4, highE4] = [Math.min(openE4, closeE4), Math.max(openE4, closeE4)];
  return { symbol, session, openE4, highE4, lowE4, closeE4, volume: 1_000 };
}

/** A run without orders has no file. */
function linesOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}
