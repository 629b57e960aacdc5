/**
 * Where in a symbol's file the rows of each date stand, found in one pass over its bytes of which few are held at once.
 *
 * Only times are read here. A row without one that can be read goes with the rows before it, whose reader names it.
 */

import { closeSync, openSync, readSync } from 'node:fs';
import { dateOfDay, dayOfDate, type SessionDate } from '../../domain/calendar/session-date.ts';
import type { RowSpan } from './bar-file.ts';
import { bodyStart, type CsvFile, pathOf, unreadable } from './csv-file.ts';
import { readDate, readSecondOfDay, TIME_LENGTH } from './csv-time.ts';

const CHUNK_BYTES = 4 * 1024 * 1024;
const NEWLINE = 10;
/** What may follow a time. */
const ENDS: readonly unknown[] = [44, 13, NEWLINE];

/** Offsets are those of the file. */
export type DaySpans = ReadonlyMap<SessionDate, readonly RowSpan[]>;

/** Throws CsvError: no such file, unreadable, or another header than the one form there is. */
export function indexDays(dir: string, symbol: string): DaySpans {
  const index = new DayIndex(symbol);
  eachChunk(dir, symbol, (bytes, at, isFirst) => {
    const start = isFirst ? bodyStart(pathOf(dir, symbol), bytes) : 0;
    return index.add(bytes, start, at);
  });
  return index.days;
}

/** The rows of one date as a file of their own. */
export function readDay(dir: string, symbol: string, spans: readonly RowSpan[]): { file: CsvFile; spans: RowSpan[] } {
  let bytes = Buffer.allocUnsafe(spans.reduce((sum, { from, to }) => sum + to - from, 0));
  const moved: RowSpan[] = [];
  withFile(dir, symbol, (descriptor) => {
    let at = 0;
    for (const span of spans) {
      // The last line of a file may lack the newline that the index counts.
      const read = readSync(descriptor, bytes, at, span.to - span.from, span.from);
      moved.push({ ...span, from: at, to: at + read });
      at += read;
    }
    bytes = bytes.subarray(0, at);
  });
  return { file: { path: pathOf(dir, symbol), symbol, bytes, bodyStart: 0 }, spans: moved };
}

class DayIndex {
  readonly days = new Map<SessionDate, RowSpan[]>();
  readonly #prefix: Buffer;
  #line = 1;
  #date: SessionDate = 0;
  #open: { from: number; line: number; isBehind: boolean } | null = null;

  constructor(symbol: string) {
    this.#prefix = Buffer.from(`${symbol},`);
  }

  /** Takes the whole lines from `start` on; `at` is where the bytes stand in the file. Returns what it has taken. */
  add(bytes: Buffer, start: number, at: number): number {
    this.#open ??= { from: at + start, line: this.#line, isBehind: false };
    let from = start;
    while (from < bytes.length) {
      const end = bytes.indexOf(NEWLINE, from);
      if (end === -1) break;
      this.#row(bytes, from, at + from, end - from);
      from = end + 1;
    }
    this.#close(at + from);
    return from;
  }

  #row(bytes: Buffer, from: number, offset: number, length: number): void {
    const date = this.#dateOf(bytes, from, length);
    if (date > 0 && date !== this.#date) this.#begin(date, offset);
    this.#line += 1;
  }

  /** -1 where the row is of another symbol, or its time cannot be read. */
  #dateOf(bytes: Buffer, from: number, length: number): SessionDate {
    const prefix = this.#prefix;
    if (length < prefix.length + TIME_LENGTH) return -1;
    for (let at = 0; at < prefix.length; at++) if (bytes[from + at] !== prefix[at]) return -1;
    const dateAt = from + prefix.length;
    if (readSecondOfDay(bytes, dateAt) < 0 || !ENDS.includes(bytes[dateAt + TIME_LENGTH])) return -1;
    const date = readDate(bytes, dateAt);
    // Asked at the first row of a day only.
    return date === this.#date || dateOfDay(dayOfDate(date)) === date ? date : -1;
  }

  #begin(date: SessionDate, offset: number): void {
    const isBehind = date < this.#date;
    // Rows in front of the first date go with it.
    if (this.#date !== 0) {
      this.#close(offset);
      this.#open = { from: offset, line: this.#line, isBehind };
    }
    this.#date = date;
  }

  /** Ends the span at hand; what follows of the same date goes on with it. */
  #close(to: number): void {
    const span = this.#open;
    if (span === null || this.#date === 0) return;
    const spans = this.days.get(this.#date) ?? [];
    const last = spans.at(-1);
    if (last?.to === span.from) spans[spans.length - 1] = { ...last, to };
    else if (to > span.from) spans.push({ ...span, to });
    this.days.set(this.#date, spans);
    this.#open = { from: to, line: this.#line, isBehind: false };
  }
}

/** `take` returns how much it has taken; the rest comes again with the next chunk. */
function eachChunk(dir: string, symbol: string, take: (bytes: Buffer, at: number, isFirst: boolean) => number): void {
  withFile(dir, symbol, (descriptor) => {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES + 1);
    let [at, kept] = [0, 0];
    for (;;) {
      const read = readSync(descriptor, buffer, kept, CHUNK_BYTES - kept, at + kept);
      const isLast = read === 0;
      // The last line need not end in a newline.
      if (isLast && kept > 0) buffer[kept++] = NEWLINE;
      if (isLast && kept === 0 && at > 0) return;
      const bytes = buffer.subarray(0, kept + read);
      // A line that fills the buffer is none of ours; it stays with the rows before it.
      const taken = take(bytes, at, at === 0) || bytes.length;
      if (isLast) return;
      buffer.copyWithin(0, taken, bytes.length);
      at += taken;
      kept = bytes.length - taken;
    }
  });
}

function withFile<Result>(dir: string, symbol: string, work: (descriptor: number) => Result): Result {
  const descriptor = askFile({ dir, symbol }, () => openSync(pathOf(dir, symbol), 'r'));
  try {
    return askFile({ dir, symbol }, () => work(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/** What the disk refuses is said as a file that cannot be read; a folder with the name of a file opens like one. */
function askFile<Result>(at: { readonly dir: string; readonly symbol: string }, ask: () => Result): Result {
  try {
    return ask();
  } catch (cause) {
    throw cause instanceof Error && 'syscall' in cause ? unreadable(cause, at) : cause;
  }
}
