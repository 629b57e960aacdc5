/**
 * Daily bars: one CSV file per symbol, the UTC date of `ts` is the session.
 *
 * Adjusted prices are computed and may have any number of decimals: they are rounded to 1e-4 USD, half away from zero.
 * These bars only feed the history that value at risk is read from, where a hole would be a wrong limit: the first bad
 * row throws CsvError and nothing of the folder is used.
 */

import { dateOfDay, dayOfDate } from '../../domain/calendar/session-date.ts';
import type { DailyBar } from '../../ports/repositories/market.ts';
import { CsvError } from './csv-error.ts';
import { readRoundedPriceE4, readVolume } from './csv-fields.ts';
import { type CsvFile, lineEnd, openCsv, shown, symbolsIn, trimReturn } from './csv-file.ts';
import { readDate, readSecondOfDay, refuseTime } from './csv-time.ts';

const FIELDS = ['symbol', 'ts', 'open', 'high', 'low', 'close', 'volume'] as const;
type Field = (typeof FIELDS)[number];
const PRICES = ['open', 'high', 'low', 'close'] as const;
const PRICE_FIX = 'write a price above zero in dollars, low <= open and close <= high, or leave the row out';

/** By symbol as asked for, then by session; a symbol without a file has no bars. Throws CsvError. */
export function readHeldDaily(dir: string, symbols: readonly string[]): readonly DailyBar[] {
  const held = new Set(symbolsOf(dir));
  return readDaily(
    dir,
    symbols.filter((symbol) => held.has(symbol)),
  );
}

function symbolsOf(dir: string): readonly string[] {
  try {
    return symbolsIn(dir);
  } catch (cause) {
    const trouble = { file: dir, line: 0, field: 'folder', value: dir };
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    const fix = 'give a folder with one CSV per symbol';
    throw new CsvError({ ...trouble, wrong: `cannot be read (${code})`, fix }, { cause });
  }
}

/** By symbol as asked for, then by session. */
export function readDaily(dir: string, symbols: readonly string[]): readonly DailyBar[] {
  return symbols.flatMap((symbol) => readFile(openCsv(dir, symbol)));
}

function readFile(file: CsvFile): DailyBar[] {
  const { bytes } = file;
  const bars: DailyBar[] = [];
  let line = 1;
  for (let from = file.bodyStart; from < bytes.length; ) {
    const end = lineEnd(bytes, from);
    const to = trimReturn(bytes, from, end);
    line += 1;
    if (to > from) bars.push(readRow(new DailyRow(file, line, bytes.toString('utf8', from, to)), bars.at(-1)));
    from = end + 1;
  }
  return bars;
}

/** One row as text, able to say where it stands. */
class DailyRow {
  readonly symbol: string;
  readonly fields: readonly string[];
  readonly #file: string;
  readonly #line: number;

  constructor(file: CsvFile, line: number, text: string) {
    this.symbol = file.symbol;
    this.fields = text.split(',');
    this.#file = file.path;
    this.#line = line;
  }

  text(field: Field): string {
    return this.fields[FIELDS.indexOf(field)] ?? '';
  }

  bytes(field: Field): Buffer {
    return Buffer.from(this.text(field));
  }

  refuse(field: string, value: string, wrong: string, fix: string): CsvError {
    return new CsvError({ file: this.#file, line: this.#line, field, value: shown(value), wrong, fix });
  }
}

function readRow(row: DailyRow, before: DailyBar | undefined): DailyBar {
  const { symbol } = row;
  if (row.fields.length !== FIELDS.length) {
    throw row.refuse('row', `${row.fields.length} fields`, 'are not 7', `write the fields ${FIELDS.join(',')}`);
  }
  if (row.text('symbol') !== symbol) {
    throw row.refuse('symbol', row.text('symbol'), `is not ${symbol}`, `keep rows of ${symbol} only in this file`);
  }
  const session = readSession(row);
  if (before !== undefined && session <= before.session) {
    const wrong = session === before.session ? 'repeats the date of the row before' : 'is before the row before';
    throw row.refuse('ts', row.text('ts'), wrong, 'sort the rows by ts, with one row for each date');
  }
  return { symbol, session, ...readPrices(row), volume: readShares(row) };
}

function readSession(row: DailyRow): number {
  const bytes = row.bytes('ts');
  const date = readDate(bytes, 0);
  if (date > 0 && readSecondOfDay(bytes, 0) >= 0 && bytes.length === 20 && dateOfDay(dayOfDate(date)) === date) {
    return date;
  }
  throw row.refuse('ts', row.text('ts'), 'is not a time in UTC', refuseTime(row.text('ts')).fix);
}

function readPrices(row: DailyRow): Pick<DailyBar, 'openE4' | 'highE4' | 'lowE4' | 'closeE4'> {
  const [openE4, highE4, lowE4, closeE4] = PRICES.map((field) => {
    const bytes = row.bytes(field);
    const priceE4 = readRoundedPriceE4(bytes, 0, bytes.length);
    if (priceE4 > 0 && Number.isSafeInteger(priceE4)) return priceE4;
    throw row.refuse(field, row.text(field), 'is not a price', PRICE_FIX);
  }) as [number, number, number, number];
  if (highE4 < lowE4 || openE4 > highE4 || openE4 < lowE4 || closeE4 > highE4 || closeE4 < lowE4) {
    throw row.refuse('high', row.text('high'), 'contradicts the other prices of the row', PRICE_FIX);
  }
  return { openE4, highE4, lowE4, closeE4 };
}

function readShares(row: DailyRow): number {
  const bytes = row.bytes('volume');
  const volume = readVolume(bytes, 0, bytes.length);
  if (volume >= 0 && volume <= Number.MAX_SAFE_INTEGER) return Math.round(volume);
  throw row.refuse('volume', row.text('volume'), 'is not a number of shares', 'write shares, zero or more');
}
