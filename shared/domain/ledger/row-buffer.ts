/**
 * A byte buffer that collects rows of text and feeds them to a running SHA-256, without building strings.
 *
 * A writer takes `bytes` and `length`, writes with the `put` functions, which return the next place, and ends the row.
 */

import { createHash, type Hash } from 'node:crypto';
import { assert, assertSafeInteger } from '../units/units.ts';

const CHUNK_BYTES = 128 * 1024;
/** The longest row: a decision on 500 symbols, each with an action, a verdict and a quantity of 16 digits. */
const ROW_BYTES_MAX = 16 * 1024;
/** The last eight digits of a time: more than a session. */
const DAY_PART_MS = 100_000_000;
const ASCII = new TextDecoder('ascii');
const ZERO = 48;
const MINUS = 45;
const COMMA = 44;
const NEWLINE = 10;
const GROUP = 10_000;
const GROUP_DIGITS = 4;
/** The digits of 0000…9999: four of them at a time are copied, not computed. */
const GROUPS = Uint8Array.from({ length: GROUP * GROUP_DIGITS }, (_, at) => {
  const power = 10 ** (GROUP_DIGITS - 1 - (at % GROUP_DIGITS));
  return ZERO + (Math.floor(at / GROUP_DIGITS / power) % 10);
});

/** The same as words of four bytes. */
const FOUR_DIGITS = Uint32Array.from({ length: GROUP }, (_, group) =>
  new DataView(GROUPS.buffer).getUint32(group * GROUP_DIGITS, true),
);

export class RowBuffer {
  readonly bytes = new Uint8Array(CHUNK_BYTES);
  /** Where the next row begins. */
  length = 0;
  readonly view = new DataView(this.bytes.buffer);
  /** A time whose last eight digits are 0, NaN before the first row; and the eight bytes that its rows begin with. */
  #dayMs = Number.NaN;
  readonly #dayWord = new Float64Array(1);
  readonly #hash: Hash = createHash('sha256');
  readonly #onRow: ((row: string) => void) | null;

  /** `onRow` receives every finished row as text, for finding out where two ledgers part. */
  constructor(onRow: ((row: string) => void) | null = null) {
    this.#onRow = onRow;
  }

  /** The row that began at `length` ends at `end`. */
  endRow(end: number): void {
    assert(end - this.length < ROW_BYTES_MAX, 'a ledger row fits the space kept for one');
    if (this.#onRow !== null) this.#onRow(ASCII.decode(this.bytes.subarray(this.length, end)));
    this.bytes[end] = NEWLINE;
    this.length = end + 1;
    if (this.length > CHUNK_BYTES - ROW_BYTES_MAX) this.#flush();
  }

  /** Kind and event time, the columns that every row begins with; the place of the next value. */
  startRow(kind: number, eventMs: number): number {
    const { bytes, view, length } = this;
    const rest = eventMs - this.#dayMs;
    if ((rest | 0) !== rest || rest < 0 || rest >= DAY_PART_MS) return this.#startDay(kind, eventMs);
    const high = (rest / GROUP) | 0;
    // Whole words that overlap: the day's digits, then four and four more, then what the first word has wrong.
    view.setFloat64(length, this.#dayWord[0]!, true);
    view.setUint32(length + 7, FOUR_DIGITS[high]!, true);
    view.setUint32(length + 11, FOUR_DIGITS[rest - high * GROUP]!, true);
    bytes[length + 15] = COMMA;
    bytes[length] = kind;
    return length + 16;
  }

  /** Remembers the leading digits of a time of 13 digits: they stay the same for a day. */
  #startDay(kind: number, eventMs: number): number {
    const { bytes, length } = this;
    bytes[length] = kind;
    bytes[length + 1] = COMMA;
    const end = putValue(bytes, length + 2, eventMs);
    const isOrdinary = eventMs >= 0 && end - length === 16;
    this.#dayMs = isOrdinary ? Math.floor(eventMs / DAY_PART_MS) * DAY_PART_MS : Number.NaN;
    new Uint8Array(this.#dayWord.buffer).set(bytes.subarray(length, length + 8));
    return end;
  }

  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.bytes.subarray(0, this.length));
    this.length = 0;
  }
}

/** A short ASCII code and a comma. */
export function putCode(bytes: Uint8Array, at: number, code: string): number {
  let next = at;
  for (let index = 0; index < code.length; index++) bytes[next++] = code.charCodeAt(index);
  bytes[next] = COMMA;
  return next + 1;
}

/** A safe integer in decimal and a comma. */
export function putValue(bytes: Uint8Array, at: number, value: number): number {
  const next = putInteger(bytes, at, value);
  bytes[next] = COMMA;
  return next + 1;
}

/** A safe integer in decimal. Throws AssertionError for anything else. */
export function putInteger(bytes: Uint8Array, at: number, value: number): number {
  // The bit operation tells whole numbers from the rest; anything else falls through to the assertion.
  if (value >= 0 && value < 10 && (value | 0) === value) {
    bytes[at] = ZERO + value;
    return at + 1;
  }
  let next = at;
  if (value < 0) bytes[next++] = MINUS;
  const magnitude = value < 0 ? -value : value;
  const isSmall = magnitude < GROUP && (magnitude | 0) === magnitude;
  return isSmall ? putLeading(bytes, next, magnitude) : putGroups(bytes, next, magnitude);
}

/** Below 10,000, without leading zeros. */
function putLeading(bytes: Uint8Array, at: number, magnitude: number): number {
  let next = at;
  const start = magnitude * GROUP_DIGITS;
  let skip = magnitude < 10 ? 3 : magnitude < 100 ? 2 : magnitude < 1_000 ? 1 : 0;
  for (; skip < GROUP_DIGITS; skip++) bytes[next++] = GROUPS[start + skip]!;
  return next;
}

/** From 10,000 on: everything but the last four digits, then those. */
function putGroups(bytes: Uint8Array, at: number, magnitude: number): number {
  assertSafeInteger(magnitude, 'a ledger value');
  const high = Math.floor(magnitude / GROUP);
  const next = high < GROUP ? putLeading(bytes, at, high) : putGroups(bytes, at, high);
  putFour(bytes, next, magnitude - high * GROUP);
  return next + GROUP_DIGITS;
}

/** Four digits, leading zeros included. */
function putFour(bytes: Uint8Array, at: number, group: number): void {
  const start = group * GROUP_DIGITS;
  bytes[at] = GROUPS[start]!;
  bytes[at + 1] = GROUPS[start + 1]!;
  bytes[at + 2] = GROUPS[start + 2]!;
  bytes[at + 3] = GROUPS[start + 3]!;
}
