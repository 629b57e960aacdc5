/**
 * Content hash of the bars a run has seen: every minute of every session, after the hard-fault verdicts.
 *
 * SHA-256 over little-endian 32-bit integers: per minute a count of good bars, then per good bar the symbol's index,
 * open, high, low, close and volume as delivered (−1 where it is not a count of shares). A bar with a value beyond 31
 * bits has the complement of the symbol's index, which is negative, and its five values as float64.
 */

import { createHash, type Hash } from 'node:crypto';
import { type MinuteFrame, PRESENT } from '../market/frame.ts';
import { FAULT } from '../quality/faults.ts';

const CHUNK_WORDS = 16_384;
/** The index of the symbol and five values of two words. */
const WORDS_PER_BAR_MAX = 11;
const INT32_MAX = 0x7fff_ffff;

export class BarsDigest {
  readonly #hash: Hash = createHash('sha256');
  readonly #words = new Int32Array(CHUNK_WORDS);
  readonly #bytes = new Uint8Array(this.#words.buffer);
  #length = 0;
  /** Good bars so far. */
  bars = 0;

  addMinute(frame: MinuteFrame): void {
    const { status, openE4, highE4, lowE4, closeE4, volume, faults } = frame;
    const symbolCount = status.length;
    if (this.#length + 1 + symbolCount * WORDS_PER_BAR_MAX > CHUNK_WORDS) this.#flush();
    const words = this.#words;
    let at = this.#length;
    const countAt = at++;
    let count = 0;
    for (let s = 0; s < symbolCount; s++) {
      if (status[s] !== PRESENT) continue;
      count += 1;
      // Plus zero: a file can say −0, a database and a message cannot.
      const shares = (faults[s]! & FAULT.VOLUME_INVALID) === 0 ? volume[s]! + 0 : -1;
      // The high is the largest of the four prices of a good bar.
      if (highE4[s]! > INT32_MAX || shares > INT32_MAX) {
        at = this.#putWide(at, s, [openE4[s]!, highE4[s]!, lowE4[s]!, closeE4[s]!, shares]);
        continue;
      }
      words[at] = s;
      words[at + 1] = openE4[s]!;
      words[at + 2] = highE4[s]!;
      words[at + 3] = lowE4[s]!;
      words[at + 4] = closeE4[s]!;
      words[at + 5] = shares;
      at += 6;
    }
    words[countAt] = count;
    this.bars += count;
    this.#length = at;
  }

  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #putWide(at: number, s: number, values: readonly number[]): number {
    this.#words[at] = ~s;
    const wide = new Uint8Array(Float64Array.from(values).buffer);
    this.#bytes.set(wide, (at + 1) * Int32Array.BYTES_PER_ELEMENT);
    return at + 1 + wide.length / Int32Array.BYTES_PER_ELEMENT;
  }

  #flush(): void {
    this.#hash.update(this.#bytes.subarray(0, this.#length * Int32Array.BYTES_PER_ELEMENT));
    this.#length = 0;
  }
}
