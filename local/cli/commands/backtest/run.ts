/**
 * What `jules backtest` does: reads the recorded bars and steps the core through them, with no stack.
 */

import { runBacktest } from '../../../../shared/domain/run/backtest.ts';
import type { RunConfig } from '../../../../shared/domain/run/run-config.ts';
import type { RunSummary } from '../../../../shared/domain/run/run-tally.ts';
import type { RecordedSession } from '../../../../shared/adapters/csv/session-files.ts';
import type { QuarantineEntry } from '../../../../shared/ports/repositories/messages.ts';
import type { CliContext } from '../../context.ts';
import { dailyBarsOf } from '../../options/daily-bars.ts';
import { type InputNotes, openRecordedRun } from '../../options/recorded-run.ts';
import { type RunOptions, runConfigOf, sessionsOf } from '../../options/run-options.ts';

const QUARANTINE_SHOWN_MAX = 5;

export function backtest(options: RunOptions, context: CliContext): RunSummary & InputNotes {
  for (const text of dailyBarsOf({ ...options, sessions: sessionsOf(options) }).warnings) {
    context.terminal.note(`warning: ${text}`);
  }
  const { summary, notes } = backtestWith(options, context);
  return { ...summary, ...notes };
}

/** The result, with every ledger row as text where `onRow` asks for it. */
export function backtestWith(
  options: RunOptions,
  context: CliContext,
  onRow?: (row: string) => void,
): { readonly summary: RunSummary; readonly config: RunConfig; readonly notes: InputNotes } {
  const config: RunConfig = { ...runConfigOf(options), runId: 'backtest', bookId: 'backtest' };
  const { bars: dailyBars } = dailyBarsOf({ ...options, sessions: sessionsOf(options) });
  const run = openRecordedRun(options);
  const quarantine = new ShownRows(context.terminal);
  function* sessions(): Generator<RecordedSession> {
    for (const each of run.sessions) {
      quarantine.add(each.quarantine);
      yield each;
    }
  }
  const summary = runBacktest({ config, sessions: sessions(), dailyBars, ...(onRow && { onRow }) });
  quarantine.end();
  return { summary, config, notes: run.notes() };
}

/** Names the first rows that were not used, and counts the others. */
class ShownRows {
  readonly #terminal: CliContext['terminal'];
  #rows = 0;

  constructor(terminal: CliContext['terminal']) {
    this.#terminal = terminal;
  }

  add(entries: readonly QuarantineEntry[]): void {
    for (const { source, field, value, reason, fix } of entries) {
      this.#rows += 1;
      if (this.#rows > QUARANTINE_SHOWN_MAX) continue;
      this.#terminal.note(`warning: ${source}: ${field} '${value}': ${reason}; ${fix}`);
    }
  }

  end(): void {
    const hidden = this.#rows - QUARANTINE_SHOWN_MAX;
    if (hidden > 0) this.#terminal.note(`warning: ${hidden} more rows could not be read; ./jules load keeps them all`);
  }
}
