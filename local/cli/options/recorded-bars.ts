/**
 * Recorded bars for a command: checked before anything starts, so that a bad folder is a sentence and not a crash.
 */

import { formatSessionDate, type SessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { eachSession, heldSessions } from '../../../shared/adapters/csv/bars-csv.ts';
import type { RecordedSession } from '../../../shared/adapters/csv/session-files.ts';
import { CsvError } from '../../../shared/adapters/csv/csv-error.ts';
import { EXIT_FAILED, Problem } from '../../problem.ts';

export interface BarFolders {
  readonly bars: string;
  readonly symbols: readonly string[];
}

export interface SessionRange {
  readonly from: SessionDate;
  readonly to: SessionDate;
}

/** Throws Problem where a symbol has no file or one that cannot be taken. */
export function checkBars({ bars, symbols }: BarFolders): void {
  problemOfCsv(() => {
    for (const symbol of symbols) heldSessions(bars, symbol);
  });
}

/** The sessions of the range that any of the files holds, in order. Throws Problem where there is none. */
export function sessionsHeld(barsDir: string, symbols: readonly string[], range: SessionRange): SessionDate[] {
  return problemOfCsv(() => {
    const held = new Set(symbols.flatMap((symbol) => heldSessions(barsDir, symbol)));
    const all = [...held].sort((one, other) => one - other);
    const wanted = all.filter((date) => date >= range.from && date <= range.to);
    if (wanted.length === 0) throw noSession(barsDir, all, range);
    return wanted;
  });
}

interface RecordedOptions {
  readonly bars: string;
  readonly symbols: readonly string[];
  readonly sessions: readonly SessionDate[];
}

/**
 * One session after the other, each read when its turn comes. Throws Problem where a file cannot be taken, or lacks a
 * session altogether.
 */
export function* recordedSessions(options: RecordedOptions): Generator<RecordedSession> {
  const sessions = problemOfCsv(() => eachSession(options.bars, options.symbols, options.sessions)[Symbol.iterator]());
  for (;;) {
    const next = problemOfCsv(() => sessions.next());
    if (next.done === true) return;
    yield next.value;
  }
}

/** Runs a reader of CSV files; what it refuses becomes a problem with exit code 1. */
export function problemOfCsv<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new Problem(cause.message, { fix: cause.fix, exitCode: EXIT_FAILED, cause });
  }
}

function noSession(barsDir: string, all: readonly SessionDate[], { from, to }: SessionRange): Problem {
  const asked = `${formatSessionDate(from)} to ${formatSessionDate(to)}`;
  const [first, last] = [all[0], all.at(-1)];
  const fix =
    first === undefined || last === undefined
      ? 'give a folder whose files have rows'
      : `the files go from ${formatSessionDate(first)} to ${formatSessionDate(last)}: ask for sessions in between`;
  return new Problem(`${barsDir} holds no session from ${asked}`, { fix, exitCode: EXIT_FAILED });
}
