/**
 * What the tables of `sql/migrations` refuse, with the SQLSTATE that a server gives: the memory database is no kinder.
 */

/** What Postgres would refuse, under the name by which callers know it. */
export class MemoryDatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: string;
  readonly retryable: boolean;

  constructor(message: string, options: { code: string; retryable: boolean }) {
    super(message);
    this.code = options.code;
    this.retryable = options.retryable;
  }
}

const NO_INTEGER = '22P02';
const NO_TEXT = '22021';
const CHECK_FAILED = '23514';
const KEY_TAKEN = '23505';
const ROW_TWICE = '21000';

/** Columns of integers take whole numbers only. */
export function requireWhole<Row extends object>(row: Row, fields: readonly (keyof Row & string)[]): void {
  for (const field of fields) {
    const value = row[field];
    if (value === null || Number.isSafeInteger(value)) continue;
    throw refusal(NO_INTEGER, `${field} is ${String(value)}, which is no whole number`);
  }
}

export function requireCheck(condition: boolean, what: string): void {
  if (!condition) throw refusal(CHECK_FAILED, `${what} does not hold`);
}

/** Text of a server holds no NUL character. */
export function requireText(...texts: readonly string[]): void {
  if (texts.some((text) => text.includes('\0'))) throw refusal(NO_TEXT, 'a text holds a NUL character');
}

/** A key that was taken before. */
export function requireFree(isFree: boolean, key: string): void {
  if (!isFree) throw refusal(KEY_TAKEN, `the key ${key} is taken`);
}

/** One statement that writes a row twice does not know which of them to keep. */
export function requireDistinct(keys: readonly string[]): void {
  if (new Set(keys).size < keys.length) throw refusal(ROW_TWICE, 'a statement writes one row twice');
}

function refusal(code: string, message: string): MemoryDatabaseError {
  return new MemoryDatabaseError(message, { code, retryable: false });
}
