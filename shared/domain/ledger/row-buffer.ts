/**
 * A byte buffer that writes integers and codes as text straight into a running SHA-256, without building strings.
 */

import { createHash, type Hash } from 'node:crypto';
import { assert, assertSafeInteger } from '../units/units.ts';

const CHUNK_BYTES = 128 * 1024;
/** The longest row: a decision on 500 symbols, each with an action, a verdict and a quantity of 16 digits. */
const ROW_BYTES_MAX = 16 * 1024;
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

export class RowBuffer {
  readonly #hash: Hash = createHash('sha256');
  readonly #bytes = new Uint8Array(CHUNK_BYTES);
  readonly #onRow: ((row: string) => void) | null;
  #length = 0;
  #rowStart = 0;

  /** `onRow` receives every finished row as text, for finding out where two ledgers part. */
  constructor(onRow: ((row: string) => void) | null = null) {
    this.#onRow = onRow;
  }

  /** A short ASCII code, followed by nothing. */
  text(code: string): void {
    for (let at = 0; at < code.length; at++) this.#bytes[this.#length++] = code.charCodeAt(at);
  }

  byte(code: number): void {
    this.#bytes[this.#length++] = code;
  }

  comma(): void {
    this.#bytes[this.#length++] = COMMA;
  }

  endRow(): void {
    assert(this.#length - this.#rowStart < ROW_BYTES_MAX, 'a ledger row fits the space kept for one');
    this.#onRow?.(ASCII.decode(this.#bytes.subarray(this.#rowStart, this.#length)));
    this.#bytes[this.#length++] = NEWLINE;
    if (this.#length > CHUNK_BYTES - ROW_BYTES_MAX) this.#flush();
    this.#rowStart = this.#length;
  }

  /** A safe integer in decimal. */
  integer(value: number): void {
    if (value >= 0 && value < 10) {
      this.#bytes[this.#length++] = ZERO + value;
      return;
    }
    if (value < 0) this.#bytes[this.#length++] = MINUS;
    const magnitude = value < 0 ? -value : value;
    if (magnitude < GROUP) this.#leading(magnitude | 0);
    else this.#grouped(magnitude);
  }

  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  /** Below 10,000, without leading zeros. */
  #leading(magnitude: number): void {
    const at = magnitude * GROUP_DIGITS;
    let skip = magnitude < 10 ? 3 : magnitude < 100 ? 2 : magnitude < 1_000 ? 1 : 0;
    for (; skip < GROUP_DIGITS; skip++) this.#bytes[this.#length++] = GROUPS[at + skip]!;
  }

  /** From 10,000 on: everything but the last four digits, then those. */
  #grouped(magnitude: number): void {
    assertSafeInteger(magnitude, 'a ledger value');
    const high = Math.floor(magnitude / GROUP);
    if (high < GROUP) this.#leading(high);
    else this.#grouped(high);
    const at = (magnitude - high * GROUP) * GROUP_DIGITS;
    for (let digit = 0; digit < GROUP_DIGITS; digit++) this.#bytes[this.#length++] = GROUPS[at + digit]!;
  }

  #flush(): void {
    this.#hash.update(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    this.#rowStart = 0;
  }
}
