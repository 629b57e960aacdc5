/**
 * Judges one minute of bars, causally: hard faults make a bar missing, soft faults cap the volume fills may use.
 *
 * The gateway folds every minute of a run through this stage and sends its verdict along; a backtest folds the same ones.
 * Rulings and constants: docs/decisions/0003-data-quality.md
 */

import { assert } from '../units/units.ts';
import { FAULTY, MISSING, type MinuteFrame, PRESENT } from '../market/frame.ts';
import { priceFault, volumeFault } from './bar-faults.ts';
import { FAULT, HARD_FAULTS } from './faults.ts';
import { RobustVolume } from './robust-volume.ts';

/** A price further than this from the reference is a jump until a second bar confirms the level. */
const JUMP_BAND = 0.1;

/** Of a symbol's last good bar in the session, 0 before the first; the candidate is the close of an unconfirmed jump. */
const CLOSE = 0;
const CANDIDATE = 1;
const OPEN = 2;
const HIGH = 3;
const LOW = 4;
const VOLUME = 5;
const VALUES = 6;

export class QualityStage {
  readonly #symbolCount: number;
  /** [symbols x values], symbol-major: what a bar is compared with lies side by side. */
  readonly #last: Float64Array;
  readonly #volumes: readonly RobustVolume[];

  constructor(symbolCount: number) {
    assert(symbolCount > 0, 'a run has at least one symbol');
    this.#symbolCount = symbolCount;
    this.#last = new Float64Array(symbolCount * VALUES);
    this.#volumes = Array.from({ length: symbolCount }, () => new RobustVolume());
  }

  /** Forgets everything: nothing is carried across a gap between sessions. */
  startSession(): void {
    this.#last.fill(0);
    for (const volumes of this.#volumes) volumes.reset();
  }

  /** Writes status, faults and fillable volume of every symbol in place. */
  step(frame: MinuteFrame): void {
    const { status, faults, fillableVolume, openE4, highE4, lowE4, closeE4, volume } = frame;
    for (let s = 0; s < this.#symbolCount; s++) {
      fillableVolume[s] = 0;
      if (status[s] === MISSING) continue;
      // Read once: each is compared several times, and this runs for every bar.
      const open = openE4[s]!;
      const high = highE4[s]!;
      const low = lowE4[s]!;
      const close = closeE4[s]!;
      const shares = volume[s]!;
      const at = s * VALUES;
      // What the source refused is missing already: it neither is a jump nor confirms one.
      const hard = faults[s]! & HARD_FAULTS || priceFault(open, high, low, close) || this.#jump(at, high, low, close);
      if (hard !== 0) {
        faults[s] = faults[s]! | hard;
        status[s] = FAULTY;
        continue;
      }
      status[s] = PRESENT;
      const soft = volumeFault(shares) || this.#stale(at, open, high, low, close, shares);
      faults[s] = faults[s]! | (soft === 0 ? this.#believe(s, shares, fillableVolume) : soft);
      this.#remember(at, open, high, low, close, shares);
    }
  }

  /** JUMP_UNCONFIRMED or 0. */
  #jump(at: number, high: number, low: number, close: number): number {
    const reference = this.#last[at + CLOSE]!;
    // The first bar of a session has nothing to be compared with but itself.
    if (isNear(reference === 0 ? close : reference, high, low)) return 0;
    const candidate = this.#last[at + CANDIDATE]!;
    this.#last[at + CANDIDATE] = close;
    return candidate !== 0 && isNear(candidate, high, low) ? 0 : FAULT.JUMP_UNCONFIRMED;
  }

  /** STALE_REPEAT or 0: a bar equal to its predecessor in all five values is a repeat, not a market. */
  #stale(at: number, open: number, high: number, low: number, close: number, shares: number): number {
    const last = this.#last;
    if (close !== last[at + CLOSE] || open !== last[at + OPEN] || high !== last[at + HIGH]) return 0;
    return low === last[at + LOW] && shares === last[at + VOLUME] ? FAULT.STALE_REPEAT : 0;
  }

  /** Writes what fills may believe, and returns the fault bits of the volume. */
  #believe(s: number, shares: number, fillableVolume: Float64Array): number {
    const volumes = this.#volumes[s]!;
    const verdict = volumes.judge(shares);
    fillableVolume[s] = volumes.believed;
    return verdict;
  }

  #remember(at: number, open: number, high: number, low: number, close: number, shares: number): void {
    const last = this.#last;
    last[at + CLOSE] = close;
    last[at + CANDIDATE] = 0;
    last[at + OPEN] = open;
    last[at + HIGH] = high;
    last[at + LOW] = low;
    last[at + VOLUME] = shares;
  }
}

function isNear(referenceE4: number, high: number, low: number): boolean {
  return high <= referenceE4 * (1 + JUMP_BAND) && low >= referenceE4 * (1 - JUMP_BAND);
}
