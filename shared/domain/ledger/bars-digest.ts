/**
 * Content hash of the bars a run has seen: every minute of every session, after the hard-fault verdicts.
 *
 * SHA-256 over little-endian float64: per minute a count of good bars, then per good bar the symbol's index, open,
 * high, low, close and volume as delivered (−1 where it is not a count of shares).
 */

import { createHash, type Hash } from 'node:crypto';
import { type MinuteFrame, PRESENT } from '../market/frame.ts';
import { FAULT } from '../quality/faults.ts';

const CHUNK_VALUES = 8_192;
const VALUES_PER_BAR = 6;

export class BarsDigest {
  readonly #hash: Hash = createHash('sha256');
  readonly #values = new Float64Array(CHUNK_VALUES);
  readonly #bytes = new Uint8Array(this.#values.buffer);
  #length = 0;
  /** Good bars so far. */
  bars = 0;

  addMinute(frame: MinuteFrame): void {
    const { status, openE4, highE4, lowE4, closeE4, volume, faults } = frame;
    const symbolCount = status.length;
    if (this.#length + 1 + symbolCount * VALUES_PER_BAR > CHUNK_VALUES) this.#flush();
    const values = this.#values;
    let at = this.#length;
    const countAt = at++;
    let count = 0;
    for (let s = 0; s < symbolCount; s++) {
      if (status[s] !== PRESENT) continue;
      count += 1;
      values[at++] = s;
      values[at++] = openE4[s]!;
      values[at++] = highE4[s]!;
      values[at++] = lowE4[s]!;
      values[at++] = closeE4[s]!;
      values[at++] = (faults[s]! & FAULT.VOLUME_INVALID) === 0 ? volume[s]! : -1;
    }
    values[countAt] = count;
    this.bars += count;
    this.#length = at;
  }

  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#bytes.subarray(0, this.#length * Float64Array.BYTES_PER_ELEMENT));
    this.#length = 0;
  }
}
