/**
 * Recorded 1-minute bars: one CSV file per symbol, read into one table per session.
 *
 * Throws CsvError where a file cannot be taken at all: another header, no such file, a session without a single bar.
 */

import { FIRST_YEAR, LAST_YEAR } from '../../domain/calendar/holidays.ts';
import { type Session, sessionOn } from '../../domain/calendar/calendar.ts';
import { formatSessionDate, type SessionDate } from '../../domain/calendar/session-date.ts';
import { BarTable } from '../../domain/market/bar-table.ts';
import type { QuarantineEntry } from '../../ports/repositories/messages.ts';
import { type BarDay, BarFile, type DayChoice } from './bar-file.ts';
import { CsvError } from './csv-error.ts';
import { type CsvFile, openCsv, pathOf } from './csv-file.ts';
import { type DaySpans, indexDays, readDay } from './day-index.ts';

export interface RecordedBars {
  /** In order of time; symbols in the order they were asked for. */
  readonly tables: Map<SessionDate, BarTable>;
  readonly quarantine: readonly QuarantineEntry[];
}

/** The sessions asked for, each with at least one bar of every symbol. */
export function readBars(dir: string, symbols: readonly string[], sessions: readonly SessionDate[]): RecordedBars {
  const book = new DayBook(symbols.length, new Set(sessions));
  const quarantine: QuarantineEntry[] = [];
  for (const [symbolIndex, symbol] of symbols.entries()) {
    const file = openCsv(dir, symbol);
    const before = quarantine.length;
    const held = new BarFile({ file, symbolIndex, dayOf: (date) => book.dayOf(date), quarantine }).read();
    const bars = new Map(held.map((day) => [day.date, day.bars]));
    const absent = sessions.find((session) => (bars.get(session) ?? 0) === 0);
    if (absent !== undefined) throw noBars(file, absent, held, quarantine[before]);
  }
  return { tables: book.tables(), quarantine };
}

export interface RecordedSession {
  readonly session: Session;
  readonly table: BarTable;
  /** Rows of the session that were not used, or not used as they stand. */
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
  const files = symbols.map((symbol) => ({ symbol, days: indexDays(dir, symbol), badRows: 0 }));
  for (const { symbol, days } of files) {
    const absent = sessions.find((session) => !days.has(session));
    if (absent !== undefined) throw noBars({ path: pathOf(dir, symbol), symbol }, absent, datesOf(days), undefined);
  }
  function* read(): Generator<RecordedSession> {
    for (const date of sessions) {
      const book = new DayBook(symbols.length, new Set([date]));
      const quarantine: QuarantineEntry[] = [];
      for (const [symbolIndex, file] of files.entries()) readInto({ dir, date, symbolIndex, file }, book, quarantine);
      yield { session: sessionOn(date)!, table: book.tables().get(date)!, quarantine };
    }
  }
  return { [Symbol.iterator]: read };
}

/** One symbol's rows of one session. */
function readInto(
  at: {
    readonly dir: string;
    readonly date: SessionDate;
    readonly symbolIndex: number;
    readonly file: { readonly symbol: string; readonly days: DaySpans; badRows: number };
  },
  book: DayBook,
  quarantine: QuarantineEntry[],
): void {
  const { dir, date, symbolIndex, file } = at;
  const before = quarantine.length;
  const rows = readDay(dir, file.symbol, file.days.get(date)!);
  const dayOf = (each: SessionDate) => book.dayOf(each);
  const held = new BarFile({ ...rows, badRows: file.badRows, symbolIndex, dayOf, quarantine }).read();
  file.badRows += quarantine.length - before;
  if ((held.find((day) => day.date === date)?.bars ?? 0) > 0) return;
  throw noBars(rows.file, date, datesOf(file.days), quarantine[before]);
}

function datesOf(days: DaySpans): { date: SessionDate }[] {
  return [...days.keys()].sort((one, other) => one - other).map((date) => ({ date }));
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
  const dates = datesOf(indexDays(dir, symbol)).map(({ date }) => date);
  return dates.filter((date) => isInCalendar(date) && sessionOn(date) !== null);
}

/** One table per session, made when its first row is met. */
class DayBook {
  readonly #symbolCount: number;
  readonly #wanted: ReadonlySet<SessionDate> | null;
  readonly #days = new Map<SessionDate, BarDay>();

  /** `wanted` null: every session. */
  constructor(symbolCount: number, wanted: ReadonlySet<SessionDate> | null) {
    this.#symbolCount = symbolCount;
    this.#wanted = wanted;
  }

  dayOf(date: SessionDate): DayChoice {
    if (this.#wanted?.has(date) === false) return 'skip';
    const known = this.#days.get(date);
    if (known !== undefined) return known;
    const session = isInCalendar(date) ? sessionOn(date) : null;
    if (session === null) return 'closed';
    const day = { session, table: new BarTable(this.#symbolCount, session.minutes) };
    this.#days.set(date, day);
    return day;
  }

  tables(): Map<SessionDate, BarTable> {
    const inOrder = [...this.#days.entries()].sort(([one], [other]) => one - other);
    return new Map(inOrder.map(([date, day]) => [date, day.table]));
  }
}

function isInCalendar(date: SessionDate): boolean {
  const year = Math.floor(date / 10_000);
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

function noBars(
  file: Pick<CsvFile, 'path' | 'symbol'>,
  session: SessionDate,
  held: readonly { readonly date: SessionDate }[],
  firstBad: QuarantineEntry | undefined,
): CsvError {
  const [first, last] = [held[0], held.at(-1)];
  const span =
    first === undefined || last === undefined
      ? 'it has no rows that can be read'
      : `its rows go from ${formatSessionDate(first.date)} to ${formatSessionDate(last.date)}`;
  const bad =
    firstBad === undefined ? '' : `; first bad row: ${firstBad.source} (${firstBad.reason}, '${firstBad.value}')`;
  return new CsvError({
    file: file.path,
    line: 0,
    field: 'session',
    value: formatSessionDate(session),
    wrong: `has no bar of ${file.symbol}; ${span}${bad}`,
    fix: firstBad?.fix ?? `ask for sessions that the file of ${file.symbol} holds, or add the rows`,
  });
}
