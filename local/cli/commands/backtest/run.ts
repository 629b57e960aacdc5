/**
 * What `jules backtest` does: reads the recorded bars and steps the core through them, with no stack.
 */

import { runBacktest } from '../../../../shared/domain/run/backtest.ts';
import { sessionOn } from '../../../../shared/domain/calendar/calendar.ts';
import type { RunConfig } from '../../../../shared/domain/run/run-config.ts';
import type { RunSummary } from '../../../../shared/domain/run/run-tally.ts';
import type { CliContext } from '../../context.ts';
import { dailyBarsOf } from '../../options/daily-bars.ts';
import { readRecorded } from '../../options/recorded-bars.ts';
import { type RunOptions, runConfigOf, sessionsOf } from '../../options/run-options.ts';

const QUARANTINE_SHOWN_MAX = 5;

export function backtest(options: RunOptions, context: CliContext): RunSummary {
  return backtestWith(options, context).summary;
}

/** The result, with every ledger row as text where `onRow` asks for it. */
export function backtestWith(
  options: RunOptions,
  context: CliContext,
  onRow?: (row: string) => void,
): { readonly summary: RunSummary; readonly config: RunConfig } {
  const config: RunConfig = { ...runConfigOf(options), runId: 'backtest', bookId: 'backtest' };
  const dailyBars = dailyBarsOf(options);
  const dates = sessionsOf(options);
  const recorded = readRecorded({ bars: options.bars, symbols: options.symbols, sessions: dates });
  for (const entry of recorded.quarantine.slice(0, QUARANTINE_SHOWN_MAX)) {
    context.terminal.note(`warning: ${entry.source}: ${entry.field} '${entry.value}': ${entry.reason}; ${entry.fix}`);
  }
  const hidden = recorded.quarantine.length - QUARANTINE_SHOWN_MAX;
  if (hidden > 0) context.terminal.note(`warning: ${hidden} more rows could not be read; ./jules load keeps them all`);
  const sessions = dates.map((date) => ({ session: sessionOn(date)!, table: recorded.tables.get(date)! }));
  const summary = runBacktest({ config, sessions, dailyBars, ...(onRow && { onRow }) });
  return { summary, config };
}
