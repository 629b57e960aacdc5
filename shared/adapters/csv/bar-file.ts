/**
 * Reads the 1-minute bars of one symbol's file into tables, row by row over the bytes.
 *
 * A row that cannot be used goes to quarantine with file, line, field, value and fix; a row of another session than
 * those asked for is checked for its symbol and time only. Rulings: docs/decisions/0008-bad-input.md
 */

import type { Session } from '../../domain/calendar/calendar.ts';
import { formatSessionDate, type SessionDate } from '../../domain/calendar/session-date.ts';
import type { BarTable } from '../../domain/market/bar-table.ts';
import { PRESENT } from '../../domain/market/frame.ts';
import { FAULT } from '../../domain/quality/faults.ts';
import type { QuarantineEntry } from '../../ports/repositories/messages.ts';
import { CsvError } from './csv-error.ts';
import { readPriceE4, readVolume, UNREADABLE } from './csv-fields.ts';
import { type CsvFile, lineEnd, shown, trimReturn } from './csv-file.ts';
import { type DayChoice, type DayTally, FileDays } from './file-days.ts';
import { clockText, clockTrouble, openMinute } from './session-clock.ts';
import { type Refusal, readDate, readSecondOfDay, refuseTime, TIME_LENGTH } from './csv-time.ts';

/** More bad rows than this, and it is the file that is bad. */
const BAD_ROWS_MAX = 50_000;
const BODY_CHARACTERS_MAX = 4_096;
const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;
const COMMA = 44;

/** Offsets of a row's text in the file. */
interface Row {
  readonly from: number;
  readonly to: number;
}

/** Rows that stand together in a file, as a part of the bytes at hand. */
export interface RowSpan {
  readonly from: number;
  readonly to: number;
  /** Number of the line before its first one. */
  readonly line: number;
  /** True: the row before it has a later date. */
  readonly isBehind: boolean;
}

export interface BarFileOptions {
  readonly file: CsvFile;
  /** By default every row of the file. */
  readonly spans?: readonly RowSpan[];
  /** Rows of the file that were bad before these. */
  readonly badRows?: number;
  readonly symbolIndex: number;
  readonly dayOf: (date: SessionDate) => DayChoice;
  /** Receives the rows that were not used, or not used as they stand. */
  readonly quarantine: QuarantineEntry[];
}

export class BarFile {
  readonly #file: CsvFile;
  readonly #bytes: Buffer;
  readonly #prefix: Buffer;
  readonly #spans: readonly RowSpan[];
  readonly #symbolIndex: number;
  readonly #quarantine: QuarantineEntry[];
  readonly #days: FileDays;
  readonly #values = new Float64Array(FIELDS.length);
  /** Start of each value and one past the last. */
  readonly #starts = new Int32Array(FIELDS.length + 1);
  #line = 1;
  #badRows: number;

  constructor({ file, spans, badRows = 0, symbolIndex, dayOf, quarantine }: BarFileOptions) {
    this.#spans = spans ?? [{ from: file.bodyStart, to: file.bytes.length, line: 1, isBehind: false }];
    this.#badRows = badRows;
    this.#file = file;
    this.#bytes = file.bytes;
    this.#prefix = Buffer.from(`${file.symbol},`);
    this.#symbolIndex = symbolIndex;
    this.#days = new FileDays(dayOf);
    this.#quarantine = quarantine;
  }

  /** Dates of the file in order. Throws CsvError where the file as a whole cannot be meant. */
  read(): { readonly date: SessionDate; readonly bars: number }[] {
    for (const span of this.#spans) this.#readSpan(span);
    const days = this.#days.inOrder();
    for (const day of days) this.#refuseOtherClock(day);
    return days;
  }

  #readSpan({ from: start, to: stop, line, isBehind }: RowSpan): void {
    const bytes = this.#bytes;
    this.#line = line;
    this.#days.startSpan(isBehind);
    for (let from = start; from < stop; ) {
      const end = lineEnd(bytes, from);
      this.#line += 1;
      const to = trimReturn(bytes, from, end);
      if (to > from) this.#row(from, to);
      from = end + 1;
    }
  }

  #row(from: number, to: number): void {
    const timeAt = from + this.#prefix.length;
    if (!this.#hasSymbol(from)) return this.#refuseSymbol(from, to);
    const minuteOfDay = this.#readTime(timeAt, from, to);
    const day = this.#days.current;
    if (minuteOfDay < 0 || day === null) return;
    const isBehind = this.#days.isBehind(day, minuteOfDay);
    if (day.choice === 'skip') return;
    this.#place(day, minuteOfDay, { from, to, isBehind, isWhole: this.#split(timeAt + TIME_LENGTH, to) });
  }

  #place(day: DayTally, minuteOfDay: number, row: Row & { isBehind: boolean; isWhole: boolean }): void {
    const { from, to, isWhole } = row;
    if (!isWhole) this.#refuse(from, to, this.#shapeTrouble(from, to));
    if (typeof day.choice === 'string') return this.#refuse(from, to, closedTrouble(day.date));
    day.rows += 1;
    if (minuteOfDay < day.firstMinute) day.firstMinute = minuteOfDay;
    if (minuteOfDay > day.lastMinute) day.lastMinute = minuteOfDay;
    const { session, table } = day.choice;
    const minuteIndex = minuteOfDay - openMinute(session);
    if (minuteIndex < 0 || minuteIndex >= session.minutes) {
      return this.#refuse(from, to, this.#outOfSession(from, session));
    }
    // Nothing is lost by a row in the wrong place: it is used, and recorded so that the exporter can be put right.
    if (row.isBehind)
      this.#refuse(from, to, { reason: 'unsorted', field: 'ts', value: this.#time(from), fix: ORDER_FIX });
    const faults = isWhole ? this.#readValues(from, to) : this.#noValues();
    this.#store(table, minuteIndex, { faults, from, to });
    day.bars += 1;
  }

  #hasSymbol(from: number): boolean {
    const prefix = this.#prefix;
    for (let at = 0; at < prefix.length; at++) if (this.#bytes[from + at] !== prefix[at]) return false;
    return true;
  }

  #refuseSymbol(from: number, to: number): void {
    const { symbol } = this.#file;
    const [value] = this.#text(from, to).split(',', 1);
    const fix = `keep rows of ${symbol} only in this file: one file per symbol`;
    this.#refuse(from, to, { reason: 'wrong-symbol', field: 'symbol', value: value!, fix });
  }

  /** Minute of the UTC day, after making the row's date the current one; -1 after recording why there is none. */
  #readTime(timeAt: number, from: number, to: number): number {
    const bytes = this.#bytes;
    const date = readDate(bytes, timeAt);
    const second = date < 0 || timeAt + TIME_LENGTH > to ? -1 : readSecondOfDay(bytes, timeAt);
    const next = bytes[timeAt + TIME_LENGTH];
    const isEnded = timeAt + TIME_LENGTH === to || next === COMMA;
    if (second < 0 || !isEnded || !this.#days.enter(date, this.#line)) {
      this.#refuse(from, to, refuseTime(this.#field(timeAt, to)));
      return -1;
    }
    if (second % 60 === 0) return second / 60;
    const fix = 'write the time at which the minute starts: seconds 00';
    this.#refuse(from, to, { reason: 'not-a-whole-minute', field: 'ts', value: this.#field(timeAt, to), fix });
    return -1;
  }

  /** Finds the values behind the time; false where there are not exactly five. */
  #split(from: number, to: number): boolean {
    const starts = this.#starts;
    let count = 0;
    for (let at = from; at < to; at++) {
      if (this.#bytes[at] !== COMMA) continue;
      if (count === FIELDS.length) return false;
      starts[count++] = at + 1;
    }
    starts[FIELDS.length] = to + 1;
    return count === FIELDS.length;
  }

  /** Fault bits of the row, its values in `#values`. */
  #readValues(from: number, to: number): number {
    const [bytes, starts, values] = [this.#bytes, this.#starts, this.#values];
    const volumeAt = FIELDS.length - 1;
    let faults = 0;
    for (let at = 0; at < volumeAt; at++) {
      const value = readPriceE4(bytes, starts[at]!, starts[at + 1]! - 1);
      if (value === UNREADABLE && faults === 0) {
        faults = FAULT.UNPARSEABLE;
        this.#refuse(from, to, this.#numberTrouble(at, PRICE_FIX));
      }
      values[at] = value;
    }
    const volume = readVolume(bytes, starts[volumeAt]!, starts[volumeAt + 1]! - 1);
    values[volumeAt] = volume === UNREADABLE ? Number.NaN : volume;
    if (faults !== 0) values.fill(Number.NaN, 0, volumeAt);
    // The prices stand without it, and quality lets nothing fill against a volume that is not a number.
    else if (volume === UNREADABLE) this.#refuse(from, to, this.#numberTrouble(volumeAt, VOLUME_FIX));
    return faults;
  }

  #noValues(): number {
    this.#values.fill(Number.NaN);
    return FAULT.UNPARSEABLE;
  }

  #store(table: BarTable, minuteIndex: number, row: Row & { faults: number }): void {
    const at = this.#symbolIndex * table.minutes + minuteIndex;
    const columns = [table.openE4, table.highE4, table.lowE4, table.closeE4, table.volume];
    if (table.status[at] === PRESENT) return this.#repeat(table, at, columns, row);
    table.status[at] = PRESENT;
    table.faults[at] = row.faults;
    for (let field = 0; field < columns.length; field++) columns[field]![at] = this.#values[field]!;
  }

  /** The first row of a minute stands; one that says otherwise makes the minute faulty, since neither can be believed. */
  #repeat(table: BarTable, at: number, columns: Float64Array[], row: Row): void {
    const isEqual = columns.every((column, field) => Object.is(column[at], this.#values[field]));
    if (!isEqual) table.faults[at] = table.faults[at]! | FAULT.DUPLICATE_CONFLICT;
    const [reason, fix] = isEqual
      ? ['duplicate', 'remove the row: it repeats an earlier one']
      : ['duplicate-conflict', 'keep the right one of the rows of this minute; until then the minute is not traded'];
    this.#refuse(row.from, row.to, { reason, field: 'ts', value: this.#time(row.from), fix });
  }

  /** Half the rows of a shifted day would fall into wrong minutes and look right, so the file is refused. */
  #refuseOtherClock(day: DayTally): void {
    if (typeof day.choice === 'string') return;
    const trouble = clockTrouble(day, day.choice.session);
    if (trouble === null) return;
    const value = `${formatSessionDate(day.date)} ${clockText(day.firstMinute)} to ${clockText(day.lastMinute)}`;
    throw new CsvError({ file: this.#file.path, line: day.firstLine, field: 'ts', value, ...trouble });
  }

  #shapeTrouble(from: number, to: number): Refusal {
    const value = `${this.#text(from, to).split(',').length} fields`;
    const fix = 'write 7 fields: symbol,ts,open,high,low,close,volume';
    return { reason: 'malformed-row', field: 'row', value, fix };
  }

  #numberTrouble(at: number, fix: string): Refusal {
    const value = this.#text(this.#starts[at]!, this.#starts[at + 1]! - 1);
    return { reason: 'unreadable-number', field: FIELDS[at]!, value, fix };
  }

  #outOfSession(from: number, session: Session): Refusal {
    const open = openMinute(session);
    const span = `${clockText(open)}Z to ${clockText(open + session.minutes - 1)}Z`;
    const value = this.#time(from);
    const fix = `the session of ${formatSessionDate(session.date)} has the minutes ${span}; leave other rows out`;
    return { reason: 'out-of-session', field: 'ts', value, fix };
  }

  #refuse(from: number, to: number, { reason, field, value, fix }: Refusal): void {
    this.#badRows += 1;
    const source = `${this.#file.path}:${this.#line}`;
    if (this.#badRows > BAD_ROWS_MAX) {
      const wrong = `is one more bad row after ${BAD_ROWS_MAX} (${reason})`;
      throw new CsvError({ file: this.#file.path, line: this.#line, field, value: shown(value), wrong, fix });
    }
    const body = this.#text(from, Math.min(to, from + BODY_CHARACTERS_MAX));
    this.#quarantine.push({ source, reason, field, value: shown(value), fix, body });
  }

  #time(from: number): string {
    const at = from + this.#prefix.length;
    return this.#text(at, at + TIME_LENGTH);
  }

  /** The field that begins at an offset. */
  #field(from: number, to: number): string {
    return this.#text(from, to).split(',', 1)[0]!;
  }

  #text(from: number, to: number): string {
    return this.#bytes.toString('utf8', from, to);
  }
}

const PRICE_FIX = 'write dollars with at most 4 decimals, such as 248.93';
const ORDER_FIX = 'sort the rows by ts; this row was used in its right place';
const VOLUME_FIX = 'write whole shares, such as 1245220';

function closedTrouble(date: SessionDate): Refusal {
  const value = formatSessionDate(date);
  return { reason: 'no-session', field: 'ts', value, fix: 'leave the row out: the exchange is closed on that date' };
}
