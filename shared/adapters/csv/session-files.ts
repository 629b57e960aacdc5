/**
 * The files of a folder of bars, of which one session is held at a time: where the rows of each day stand is known from
 * the start, and they are read when they are asked for. A file that has changed since is looked through again.
 *
 * Throws CsvError where a file cannot be taken at all, or has no bar of a session.
 */

import { type Session, sessionOn } from '../../domain/calendar/calendar.ts';
import { formatSessionDate, type SessionDate } from '../../domain/calendar/session-date.ts';
import type { BarTable } from '../../domain/market/bar-table.ts';
import type { QuarantineEntry } from '../../ports/repositories/messages.ts';
import { BarFile } from './bar-file.ts';
import { CsvError } from './csv-error.ts';
import { fileState, openCsv, pathOf } from './csv-file.ts';
import { DayBook } from './day-book.ts';
import { type DaySpans, indexDays, readDay } from './day-index.ts';

export interface RecordedSession {
  readonly session: Session;
  readonly table: BarTable;
  /** Rows of the session that were not used, or not used as they stand. */
  readonly quarantine: readonly QuarantineEntry[];
}

interface SymbolFile {
  readonly symbol: string;
  days: DaySpans;
  /** Of the file whose days these are. */
  state: string;
  /** Rows that were bad in the sessions read so far. */
  badRows: number;
}

export class SessionFiles {
  readonly #dir: string;
  readonly #files: readonly SymbolFile[];

  /** Looks through the files for their dates. */
  constructor(dir: string, symbols: readonly string[]) {
    this.#dir = dir;
    this.#files = symbols.map((symbol) => {
      const state = fileState(dir, symbol);
      return { symbol, days: indexDays(dir, symbol), state, badRows: 0 };
    });
  }

  /** Throws CsvError where a symbol has no row of one of these sessions. */
  requireRows(sessions: readonly SessionDate[]): void {
    for (const { symbol, days } of this.#files) {
      const absent = sessions.find((session) => !days.has(session));
      if (absent !== undefined) throw noBars({ dir: this.#dir, symbol, days, session: absent });
    }
  }

  /** Throws CsvError where none of a symbol's rows of the session is a bar. */
  read(date: SessionDate): RecordedSession {
    const book = new DayBook(this.#files.length, new Set([date]));
    const quarantine: QuarantineEntry[] = [];
    for (const [symbolIndex, file] of this.#files.entries()) {
      this.#refresh(file);
      this.#readInto(book, { file, date, symbolIndex, quarantine });
    }
    return { session: sessionOn(date)!, table: book.tables().get(date)!, quarantine };
  }

  #refresh(file: SymbolFile): void {
    const state = fileState(this.#dir, file.symbol);
    if (state === file.state) return;
    file.days = indexDays(this.#dir, file.symbol);
    file.state = state;
  }

  /** One symbol's rows of one session. */
  #readInto(
    book: DayBook,
    at: { file: SymbolFile; date: SessionDate; symbolIndex: number; quarantine: QuarantineEntry[] },
  ): void {
    const { file, date, symbolIndex, quarantine } = at;
    const { symbol, days, badRows } = file;
    const before = quarantine.length;
    const rows = readDay(this.#dir, symbol, days.get(date) ?? []);
    const dayOf = (each: SessionDate) => book.dayOf(each);
    const held = new BarFile({ ...rows, badRows, symbolIndex, dayOf, quarantine }).read();
    file.badRows += quarantine.length - before;
    if ((held.find((day) => day.date === date)?.bars ?? 0) > 0) return;
    throw noBars({ dir: this.#dir, symbol, days, session: date }, quarantine[before]);
  }
}

/** Of a file in which no row is of any day. */
function firstBadRow(dir: string, symbol: string): QuarantineEntry | undefined {
  const quarantine: QuarantineEntry[] = [];
  new BarFile({ file: openCsv(dir, symbol), symbolIndex: 0, dayOf: () => 'skip', quarantine }).read();
  return quarantine[0];
}

/** Dates of which a file has rows, in order. */
export function datesOf(days: DaySpans): SessionDate[] {
  return [...days.keys()].sort((one, other) => one - other);
}

function noBars(
  at: { readonly dir: string; readonly symbol: string; readonly days: DaySpans; readonly session: SessionDate },
  badRow?: QuarantineEntry,
): CsvError {
  const { dir, symbol, days, session } = at;
  const firstBad = badRow ?? (days.size === 0 ? firstBadRow(dir, symbol) : undefined);
  const held = datesOf(days);
  const [first, last] = [held[0], held.at(-1)];
  const span =
    first === undefined || last === undefined
      ? 'it has no rows that can be read'
      : `its rows go from ${formatSessionDate(first)} to ${formatSessionDate(last)}`;
  const bad =
    firstBad === undefined ? '' : `; first bad row: ${firstBad.source} (${firstBad.reason}, '${firstBad.value}')`;
  return new CsvError({
    file: pathOf(dir, symbol),
    line: 0,
    field: 'session',
    value: formatSessionDate(session),
    wrong: `has no bar of ${symbol}; ${span}${bad}`,
    fix: firstBad?.fix ?? `ask for sessions that the file of ${symbol} holds, or add the rows`,
  });
}
