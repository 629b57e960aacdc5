/**
 * A byte buffer that writes integers and codes as text straight into a running SHA-256, without building strings.
 */

import { createHash, type Hash } from 'node:crypto';
import { assert } from '../units/units.ts';

const CHUNK_BYTES = 128 * 1024;
/** The longest row: a decision on 500 symbols, each with an action, a verdict and a quantity of 16 digits. */
const ROW_BYTES_MAX = 16 * 1024;
const ASCII = new TextDecoder('ascii');
const ZERO = 48;
const MINUS = 45;
const COMMA = 44;
const NEWLINE = 10;
/** Integers up to here take the 32-bit path, which is several times faster. */
const SMALL_MAX = 0x3fff_ffff;

export class RowBuffer {
  readonly #hash: Hash = createHash('sha256');
  readonly #bytes = new Uint8Array(CHUNK_BYTES);
  readonly #digits = new Uint8Array(24);
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
    assert(this.#length - this.#rowStart < ROW_BYTES_MAX, `a ledger row has fewer than ${ROW_BYTES_MAX} bytes`);
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
    if (magnitude <= SMALL_MAX) this.#small(magnitude | 0);
    else this.#large(magnitude);
  }

  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #small(magnitude: number): void {
    let rest = magnitude;
    let count = 0;
    do {
      const next = (rest / 10) | 0;
      this.#digits[count++] = ZERO + rest - next * 10;
      rest = next;
    } while (rest > 0);
    while (count > 0) this.#bytes[this.#length++] = this.#digits[--count]!;
  }

  #large(magnitude: number): void {
    assert(Number.isSafeInteger(magnitude), `a ledger value is a safe integer, got ${magnitude}`);
    const text = String(magnitude);
    for (let at = 0; at < text.length; at++) this.#bytes[this.#length++] = text.charCodeAt(at);
  }

  #flush(): void {
    this.#hash.update(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    this.#rowStart = 0;
  }
}
