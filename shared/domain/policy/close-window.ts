/**
 * The last 30 present closes of the session per symbol, always contiguous in memory, oldest first.
 *
 * Each close is written twice, 30 places apart, so that every window is one slice of the buffer.
 */

import type { PriceE4 } from '../units/units.ts';

export const WINDOW_CLOSES = 30;
const STRIDE = 2 * WINDOW_CLOSES;

export class CloseWindow {
  readonly closesE4: Float64Array;
  readonly #counts: Uint16Array;
  readonly #next: Uint8Array;

  constructor(symbolCount: number) {
    this.closesE4 = new Float64Array(symbolCount * STRIDE);
    this.#counts = new Uint16Array(symbolCount);
    this.#next = new Uint8Array(symbolCount);
  }

  reset(): void {
    this.#counts.fill(0);
    this.#next.fill(0);
  }

  push(s: number, closeE4: PriceE4): void {
    const at = this.#next[s]!;
    const base = s * STRIDE;
    this.closesE4[base + at] = closeE4;
    this.closesE4[base + at + WINDOW_CLOSES] = closeE4;
    this.#next[s] = at + 1 === WINDOW_CLOSES ? 0 : at + 1;
    if (this.#counts[s]! < WINDOW_CLOSES) this.#counts[s] = this.#counts[s]! + 1;
  }

  /** How many closes the window holds, at most 30. */
  count(s: number): number {
    return this.#counts[s]!;
  }

  /** Index in `closesE4` of the oldest close of the window. */
  start(s: number): number {
    const base = s * STRIDE;
    return this.#counts[s]! < WINDOW_CLOSES ? base : base + this.#next[s]!;
  }
}
