/**
 * The last 30 present closes of the session per symbol, always contiguous in memory, oldest first, with the sums that
 * the rule policy compares.
 *
 * Each close is written twice, 30 places apart, so that every window is one slice of the buffer.
 */

import type { PriceE4, UsdE4 } from '../units/units.ts';

export const WINDOW_CLOSES = 30;
const RECENT_CLOSES = 10;
const STRIDE = 2 * WINDOW_CLOSES;

export class CloseWindow {
  readonly closesE4: Float64Array;
  /** Sum of the closes in the window; integers, so that adding and taking away is exact. */
  readonly sumE4: Float64Array;
  /** Sum of the last 10 of them. */
  readonly recentSumE4: Float64Array;
  readonly #counts: Uint16Array;
  readonly #next: Uint8Array;

  constructor(symbolCount: number) {
    this.closesE4 = new Float64Array(symbolCount * STRIDE);
    this.sumE4 = new Float64Array(symbolCount);
    this.recentSumE4 = new Float64Array(symbolCount);
    this.#counts = new Uint16Array(symbolCount);
    this.#next = new Uint8Array(symbolCount);
  }

  reset(): void {
    this.#counts.fill(0);
    this.#next.fill(0);
    this.sumE4.fill(0);
    this.recentSumE4.fill(0);
  }

  push(s: number, closeE4: PriceE4): void {
    const at = this.#next[s]!;
    const count = this.#counts[s]!;
    const base = s * STRIDE;
    const leavesWindowE4: UsdE4 = count < WINDOW_CLOSES ? 0 : this.closesE4[base + at]!;
    // Written 30 places apart, so the close of 10 pushes ago lies 20 places on.
    const leavesRecentE4: UsdE4 = count < RECENT_CLOSES ? 0 : this.closesE4[base + at + WINDOW_CLOSES - RECENT_CLOSES]!;
    this.sumE4[s] = this.sumE4[s]! + closeE4 - leavesWindowE4;
    this.recentSumE4[s] = this.recentSumE4[s]! + closeE4 - leavesRecentE4;
    this.closesE4[base + at] = closeE4;
    this.closesE4[base + at + WINDOW_CLOSES] = closeE4;
    this.#next[s] = at + 1 === WINDOW_CLOSES ? 0 : at + 1;
    if (count < WINDOW_CLOSES) this.#counts[s] = count + 1;
  }

  /** How many closes the window holds, at most 30. */
  count(s: number): number {
    return this.#counts[s]!;
  }

  /** A copy of the window, oldest first. */
  last(s: number): number[] {
    const start = this.start(s);
    return Array.from(this.closesE4.subarray(start, start + this.count(s)));
  }

  /** Index in `closesE4` of the oldest close of the window. */
  start(s: number): number {
    const base = s * STRIDE;
    return this.#counts[s]! < WINDOW_CLOSES ? base : base + this.#next[s]!;
  }
}
