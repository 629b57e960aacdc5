/**
 * Opens the file of one symbol in a folder of CSV files and checks its header. A byte order mark is tolerated.
 *
 * Throws CsvError: no such file, unreadable, too large, or another header than the one form there is.
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CsvError } from './csv-error.ts';

const HEADER = 'symbol,ts,open,high,low,close,volume';

/** About 100 symbol-years of minutes; anything larger is not one symbol's file. */
const FILE_BYTES_MAX = 512 * 1024 * 1024;
const SHOWN_MAX = 120;
const NEWLINE = 10;
const RETURN = 13;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const SUFFIX = '.csv';

export interface CsvFile {
  readonly path: string;
  readonly symbol: string;
  readonly bytes: Buffer;
  /** Offset of the first row; the header is line 1. */
  readonly bodyStart: number;
}

export function openCsv(dir: string, symbol: string): CsvFile {
  const path = pathOf(dir, symbol);
  const bytes = readBytes(path, dir, symbol);
  return { path, symbol, bytes, bodyStart: bodyStart(path, bytes) };
}

/** Changes with every write to the file. Throws CsvError: no such file, or unreadable. */
export function fileState(dir: string, symbol: string): string {
  try {
    const { size, mtimeMs, ino } = statSync(pathOf(dir, symbol));
    return `${ino}/${size}/${mtimeMs}`;
  } catch (cause) {
    throw unreadable(cause, { dir, symbol });
  }
}

export function pathOf(dir: string, symbol: string): string {
  return join(dir, `${symbol}${SUFFIX}`);
}

/** Offset of the first row in a file of which at least the header is known. Throws CsvError for another header. */
export function bodyStart(path: string, bytes: Buffer): number {
  const start = BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte) ? BYTE_ORDER_MARK.length : 0;
  const end = lineEnd(bytes, start);
  const header = bytes.toString('utf8', start, trimReturn(bytes, start, end));
  if (header !== HEADER) throw wrongHeader(path, header);
  return Math.min(end + 1, bytes.length);
}

/** The symbols a folder has a file for, byte-sorted. */
export function symbolsIn(dir: string): string[] {
  const names = readdirSync(dir).filter((name) => name.endsWith(SUFFIX));
  return names.map((name) => name.slice(0, -SUFFIX.length)).sort();
}

/** Offset of the newline that ends the line, or the end of the file. */
export function lineEnd(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(NEWLINE, from);
  return at === -1 ? bytes.length : at;
}

/** End of the line's text: a carriage return before the newline is not part of it. */
export function trimReturn(bytes: Buffer, from: number, end: number): number {
  return end > from && bytes[end - 1] === RETURN ? end - 1 : end;
}

/** A value from a file as one short line. */
export function shown(value: string): string {
  return value.length <= SHOWN_MAX ? value : `${value.slice(0, SHOWN_MAX)}…`;
}

function readBytes(path: string, dir: string, symbol: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw unreadable(cause, { dir, symbol });
  }
  if (bytes.length <= FILE_BYTES_MAX) return bytes;
  const trouble = { file: path, line: 0, field: 'symbol', value: symbol };
  const wrong = `has a file of ${bytes.length} bytes, more than ${FILE_BYTES_MAX}`;
  throw new CsvError({ ...trouble, wrong, fix: 'split the file by time into folders' });
}

/** A file that is not there, or that nobody may read. */
export function unreadable(cause: unknown, { dir, symbol }: { dir: string; symbol: string }): CsvError {
  const trouble = { file: pathOf(dir, symbol), line: 0, field: 'symbol', value: symbol };
  return new CsvError({ ...trouble, ...whyUnreadable(cause, dir) }, { cause });
}

function whyUnreadable(cause: unknown, dir: string): { wrong: string; fix: string } {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  if (code !== 'ENOENT') return { wrong: `cannot be read (${code})`, fix: 'make the file readable for this user' };
  const present = symbolsIfAny(dir);
  const wrong = `has no file; the folder has ${present.length === 0 ? 'no CSV file' : present.join(', ')}`;
  return { wrong, fix: 'name symbols of the folder, or add the file: one CSV per symbol, such as AAPL.csv' };
}

function symbolsIfAny(dir: string): string[] {
  try {
    return symbolsIn(dir);
  } catch {
    // The folder itself is missing: that is what the message then says.
    return [];
  }
}

function wrongHeader(path: string, header: string): CsvError {
  return new CsvError({
    file: path,
    line: 1,
    field: 'header',
    value: shown(header),
    wrong: `is not '${HEADER}'`,
    fix: `write the columns in this order, with this first line: ${HEADER}`,
  });
}
