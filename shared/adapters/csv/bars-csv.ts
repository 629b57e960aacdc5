/**
 * Recorded 1-minute bars: one CSV file per symbol, read into one table per session.
 *
 * Throws CsvError where a file cannot be taken at all: another header, no such file, a session without a single bar.
 */

import { sessionOn } from '../../domain/calendar/calendar.ts';
import type { SessionDate } from '../../domain/calendar/session-date.ts';
import type { BarTable } from '../../domain/market/bar-table.ts';
import type { QuarantineEntry } from '../../ports/repositories/messages.ts';
import { BarFile } from './bar-file.ts';
import { openCsv } from './csv-file.ts';
import { DayBook, isInCalendar } from './day-book.ts';
import { indexDays } from './day-index.ts';
import { datesOf, type RecordedSession, SessionFiles } from './session-files.ts';

export interface RecordedBars {
  /** In order of time; symbols in the order they were asked for. */
  readonly tables: Map<SessionDate, BarTable>;
  readonly quarantine: readonly QuarantineEntry[];
}

/**
 * The sessions asked for, in order, each read when its turn comes, so that memory does not grow with their number. Rows of
 * other sessions are not looked at but for their dates.
 *
 * Throws CsvError at once where a symbol has no row of one of them, and at its turn where none of its rows is a bar.
 */
export function eachSession(
  dir: string,
  symbols: readonly string[],
  sessions: readonly SessionDate[],
): Iterable<RecordedSession> {
  const files = new SessionFiles(dir, symbols);
  files.requireRows(sessions);
  function* read(): Generator<RecordedSession> {
    for (const date of sessions) yield files.read(date);
  }
  return { [Symbol.iterator]: read };
}

/** Every session any of the files holds; a symbol without bars in one of them is missing there. */
export function readAllBars(dir: string, symbols: readonly string[]): RecordedBars {
  const book = new DayBook(symbols.length, null);
  const quarantine: QuarantineEntry[] = [];
  for (const [symbolIndex, symbol] of symbols.entries()) {
    const file = openCsv(dir, symbol);
    new BarFile({ file, symbolIndex, dayOf: (date) => book.dayOf(date), quarantine }).read();
  }
  return { tables: book.tables(), quarantine };
}

/** Dates on which a symbol's file has rows and the exchange a session, in order. */
export function heldSessions(dir: string, symbol: string): SessionDate[] {
  return datesOf(indexDays(dir, symbol)).filter((date) => isInCalendar(date) && sessionOn(date) !== null);
}
