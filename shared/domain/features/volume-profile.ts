/**
 * What a minute usually trades: the mean volume of each minute over the past sessions of the run, at most 20 of them
 * and known from 5 on. Shares, as quality believes them; a minute without a believable volume does not count.
 */

import { FULL_SESSION_MINUTES } from '../calendar/calendar.ts';

export const PROFILE_SESSIONS_MAX = 20;
const PROFILE_SESSIONS_MIN = 5;
/** The past sessions and the one that runs. */
const SLOTS = PROFILE_SESSIONS_MAX + 1;

export class VolumeProfile {
  readonly #cells: number;
  readonly #volumes: Float64Array;
  readonly #sums: Float64Array;
  readonly #counts: Uint8Array;
  readonly #dates = new Int32Array(SLOTS);
  /** The slot of the session that runs. */
  #head = SLOTS - 1;
  #isOpen = false;
  /** How many past sessions the sums hold. */
  #past = 0;

  constructor(symbolCount: number) {
    this.#cells = symbolCount * FULL_SESSION_MINUTES;
    this.#volumes = new Float64Array(SLOTS * this.#cells);
    this.#sums = new Float64Array(this.#cells);
    this.#counts = new Uint8Array(this.#cells);
  }

  /**
   * Takes the session that ends into the profile and makes room for the one that begins. Sessions of the same day or
   * later leave it, so that whoever goes back in time learns nothing of the future.
   */
  startSession(date: number): void {
    if (this.#isOpen) this.#fold(this.#head, 1);
    while (this.#past > 0 && this.#dates[this.#head]! >= date) {
      this.#fold(this.#head, -1);
      this.#head = (this.#head + SLOTS - 1) % SLOTS;
    }
    this.#head = (this.#head + 1) % SLOTS;
    // The place of the session that begins is that of the oldest one.
    if (this.#past === SLOTS) this.#fold(this.#head, -1);
    this.#dates[this.#head] = date;
    this.#isOpen = true;
    const base = this.#head * this.#cells;
    this.#volumes.fill(0, base, base + this.#cells);
  }

  record(s: number, minuteIndex: number, volume: number): void {
    this.#volumes[this.#head * this.#cells + s * FULL_SESSION_MINUTES + minuteIndex] = volume;
  }

  /** What was recorded of the current session. */
  session(s: number, minutes: number): number[] {
    const from = this.#head * this.#cells + s * FULL_SESSION_MINUTES;
    return Array.from(this.#volumes.subarray(from, from + minutes));
  }

  /** Mean volume of this minute in past sessions; 0 where too few are known. */
  usual(s: number, minuteIndex: number): number {
    const cell = s * FULL_SESSION_MINUTES + minuteIndex;
    const count = this.#counts[cell]!;
    return count < PROFILE_SESSIONS_MIN ? 0 : this.#sums[cell]! / count;
  }

  /** Adds a slot to the sums, or takes it out of them. */
  #fold(slot: number, sign: 1 | -1): void {
    const base = slot * this.#cells;
    this.#past += sign;
    for (let cell = 0; cell < this.#cells; cell++) {
      const volume = this.#volumes[base + cell]!;
      if (volume === 0) continue;
      this.#sums[cell] = this.#sums[cell]! + sign * volume;
      this.#counts[cell] = this.#counts[cell]! + sign;
    }
  }
}
