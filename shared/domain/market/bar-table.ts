/**
 * One session of all symbols as columns: what a source hands over, minute by minute, with nothing allocated on the way.
 *
 * Columns are [symbolCount x minutes], symbol-major: index = symbol * minutes + minute. Prices in 1e-4 USD.
 */

import { assert } from '../units/units.ts';
import { MISSING, type MinuteFrame } from './frame.ts';

export class BarTable {
  readonly symbolCount: number;
  readonly minutes: number;
  /** MISSING or PRESENT; whether a present bar is faulty is for quality to say. */
  readonly status: Uint8Array;
  readonly openE4: Float64Array;
  readonly highE4: Float64Array;
  readonly lowE4: Float64Array;
  readonly closeE4: Float64Array;
  /** As delivered: may be fractional, negative or NaN. */
  readonly volume: Float64Array;
  /** What the source itself noticed: bits of `shared/domain/quality/faults.ts`. */
  readonly faults: Uint32Array;

  constructor(symbolCount: number, minutes: number) {
    const size = symbolCount * minutes;
    this.symbolCount = symbolCount;
    this.minutes = minutes;
    this.status = new Uint8Array(size).fill(MISSING);
    this.openE4 = new Float64Array(size);
    this.highE4 = new Float64Array(size);
    this.lowE4 = new Float64Array(size);
    this.closeE4 = new Float64Array(size);
    this.volume = new Float64Array(size);
    this.faults = new Uint32Array(size);
  }

  /** Overwrites the frame with minute `minuteIndex` as the source delivered it; quality judges it next. */
  readMinute(minuteIndex: number, frame: MinuteFrame): void {
    assert(minuteIndex >= 0 && minuteIndex < this.minutes, 'the minute lies within the session');
    const { symbolCount, minutes, status, openE4, highE4, lowE4, closeE4, volume, faults } = this;
    for (let symbol = 0, at = minuteIndex; symbol < symbolCount; symbol++, at += minutes) {
      frame.status[symbol] = status[at]!;
      frame.openE4[symbol] = openE4[at]!;
      frame.highE4[symbol] = highE4[at]!;
      frame.lowE4[symbol] = lowE4[at]!;
      frame.closeE4[symbol] = closeE4[at]!;
      frame.volume[symbol] = volume[at]!;
      frame.faults[symbol] = faults[at]!;
    }
  }
}
