/**
 * Decides how much of a bar's volume may be believed: a running median of the session's own volumes, so that one
 * impossible print (a spike, or the day's total instead of the minute's) cannot make an order fillable.
 */

import { FAULT } from './faults.ts';

const WINDOW = 21;
/** Below this many bars there is no median worth the name and the volume is taken as it is. */
const WARM_UP_BARS = 5;
/** A volume above this many medians is not believed. */
export const SPIKE_MULTIPLE = 20;
/** A volume this close to everything traded so far is a running total. */
const RUNNING_TOTAL_SHARE = 0.8;

export class RobustVolume {
  /** The volume to believe, after `judge`. */
  believed = 0;
  readonly #ring = new Float64Array(WINDOW);
  #count = 0;
  #next = 0;
  #total = 0;
  /** The least volume believed since the reset. */
  #least = Number.POSITIVE_INFINITY;

  reset(): void {
    this.#count = 0;
    this.#next = 0;
    this.#total = 0;
    this.#least = Number.POSITIVE_INFINITY;
    this.believed = 0;
  }

  /** Fault bits of a positive volume; sets `believed`. */
  judge(volume: number): number {
    if (this.#count < WARM_UP_BARS || this.#isUsual(volume)) return this.#accept(volume, 0);
    const isTotal = volume >= RUNNING_TOTAL_SHARE * this.#total;
    return this.#accept(this.#median(), isTotal ? FAULT.VOLUME_RUNNING_TOTAL : FAULT.VOLUME_SPIKE);
  }

  /** At most the multiple of the median: said without sorting, since the upper half of the window has to agree. */
  #isUsual(volume: number): boolean {
    // All of the window is at least the least of the session: the loop is for the unusual.
    if (volume <= SPIKE_MULTIPLE * this.#least) return true;
    const ring = this.#ring;
    let needed = this.#count - (this.#count >> 1);
    for (let at = 0; at < this.#count; at++) {
      if (volume <= SPIKE_MULTIPLE * ring[at]! && --needed === 0) return true;
    }
    return false;
  }

  #median(): number {
    return this.#ring.slice(0, this.#count).sort()[this.#count >> 1]!;
  }

  #accept(believed: number, faults: number): number {
    this.believed = believed;
    this.#total += believed;
    if (believed < this.#least) this.#least = believed;
    this.#ring[this.#next] = believed;
    this.#next = this.#next + 1 === WINDOW ? 0 : this.#next + 1;
    if (this.#count < WINDOW) this.#count += 1;
    return faults;
  }
}
