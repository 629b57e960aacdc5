/**
 * Recorded 1-minute bars: one CSV file per symbol, read into one table per session.
 *
 * Throws CsvError where a file cannot be taken at all: another header, no such file, a session without a single bar.
 */

import { FIRST_YEAR, LAST_YEAR } from '../../domain/calendar/holidays.ts';
import { sessionOn } from '../../domain/calendar/calendar.ts';
import { formatSessionDate, type SessionDate } from '../../domain/calendar/session-date.ts';
import { BarTable } from '../../domain/market/bar-table.ts';
import type { QuarantineEntry } from '../../ports/repositories.ts';
import { type BarDay, BarFile, type DayChoice } from './bar-file.ts';
import { CsvError } from './csv-error.ts';
import { type CsvFile, openCsv } from './csv-file.ts';

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
  const held = new BarFile({ file: openCsv(dir, symbol), symbolIndex: 0, dayOf: () => 'skip', quarantine: [] }).read();
  return held.map((day) => day.date).filter((date) => isInCalendar(date) && sessionOn(date) !== null);
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
  file: CsvFile,
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
