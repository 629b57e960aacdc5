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

export class QualityStage {
  readonly #symbolCount: number;
  /** Close of the last good bar of the session, 0 before the first. */
  readonly #referenceE4: Float64Array;
  /** Close of an unconfirmed jump, 0 without one. */
  readonly #candidateE4: Float64Array;
  readonly #last: { openE4: Float64Array; highE4: Float64Array; lowE4: Float64Array; volume: Float64Array };
  readonly #volumes: readonly RobustVolume[];

  constructor(symbolCount: number) {
    assert(symbolCount > 0, 'a run has at least one symbol');
    this.#symbolCount = symbolCount;
    this.#referenceE4 = new Float64Array(symbolCount);
    this.#candidateE4 = new Float64Array(symbolCount);
    this.#last = {
      openE4: new Float64Array(symbolCount),
      highE4: new Float64Array(symbolCount),
      lowE4: new Float64Array(symbolCount),
      volume: new Float64Array(symbolCount),
    };
    this.#volumes = Array.from({ length: symbolCount }, () => new RobustVolume());
  }

  /** Forgets everything: nothing is carried across a gap between sessions. */
  startSession(): void {
    this.#referenceE4.fill(0);
    this.#candidateE4.fill(0);
    for (const volumes of this.#volumes) volumes.reset();
  }

  /** Writes status, faults and fillable volume of every symbol in place. */
  step(frame: MinuteFrame): void {
    const { status, faults, fillableVolume } = frame;
    for (let s = 0; s < this.#symbolCount; s++) {
      fillableVolume[s] = 0;
      if (status[s] === MISSING) continue;
      // What the source refused is missing already: it neither is a jump nor confirms one.
      const hard = faults[s]! & HARD_FAULTS || this.#hardFaults(frame, s);
      if (hard !== 0) {
        faults[s] = faults[s]! | hard;
        status[s] = FAULTY;
        continue;
      }
      status[s] = PRESENT;
      this.#judgeVolume(frame, s);
      this.#remember(frame, s);
    }
  }

  #hardFaults(frame: MinuteFrame, s: number): number {
    const high = frame.highE4[s]!;
    const low = frame.lowE4[s]!;
    const close = frame.closeE4[s]!;
    const own = priceFault(frame.openE4[s]!, high, low, close);
    if (own !== 0) return own;
    const reference = this.#referenceE4[s]!;
    // The first bar of a session has nothing to be compared with but itself.
    const anchor = reference === 0 ? close : reference;
    if (high <= anchor * (1 + JUMP_BAND) && low >= anchor * (1 - JUMP_BAND)) return 0;
    return this.#confirmsJump(s, high, low, close) ? 0 : FAULT.JUMP_UNCONFIRMED;
  }

  #confirmsJump(s: number, high: number, low: number, close: number): boolean {
    const candidate = this.#candidateE4[s]!;
    this.#candidateE4[s] = close;
    return candidate !== 0 && high <= candidate * (1 + JUMP_BAND) && low >= candidate * (1 - JUMP_BAND);
  }

  #judgeVolume(frame: MinuteFrame, s: number): void {
    const volume = frame.volume[s]!;
    const fault = volumeFault(volume) || (this.#isStale(frame, s) ? FAULT.STALE_REPEAT : 0);
    if (fault !== 0) {
      frame.faults[s] = frame.faults[s]! | fault;
      return;
    }
    const volumes = this.#volumes[s]!;
    const verdict = volumes.judge(volume);
    frame.fillableVolume[s] = volumes.believed;
    if (verdict !== 0) frame.faults[s] = frame.faults[s]! | verdict;
  }

  /** A bar equal to its predecessor in all five values is a repeat, not a market. */
  #isStale(frame: MinuteFrame, s: number): boolean {
    return (
      frame.closeE4[s] === this.#referenceE4[s] &&
      frame.openE4[s] === this.#last.openE4[s] &&
      frame.highE4[s] === this.#last.highE4[s] &&
      frame.lowE4[s] === this.#last.lowE4[s] &&
      frame.volume[s] === this.#last.volume[s]
    );
  }

  #remember(frame: MinuteFrame, s: number): void {
    const last = this.#last;
    this.#referenceE4[s] = frame.closeE4[s]!;
    this.#candidateE4[s] = 0;
    last.openE4[s] = frame.openE4[s]!;
    last.highE4[s] = frame.highE4[s]!;
    last.lowE4[s] = frame.lowE4[s]!;
    last.volume[s] = frame.volume[s]!;
  }
}
