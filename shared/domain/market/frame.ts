/**
 * One minute of all symbols as columns: what travels through the core, with nothing allocated per minute.
 *
 * Index = position of the symbol in the run's byte-sorted list. Prices in 1e-4 USD, volume in shares.
 */

import type { EpochMs } from '../units/units.ts';

export const MISSING = 0;
export const PRESENT = 1;
/** A bar arrived but a hard fault makes it missing for every decision and fill. */
export const FAULTY = 2;

/** A good bar as stored, with quality's verdict. */
export interface StoredBar {
  readonly symbol: string;
  readonly openMs: EpochMs;
  readonly openE4: number;
  readonly highE4: number;
  readonly lowE4: number;
  readonly closeE4: number;
  readonly volume: number;
  readonly fillableVolume: number;
  readonly faults: number;
}

export class MinuteFrame {
  readonly status: Uint8Array;
  readonly openE4: Float64Array;
  readonly highE4: Float64Array;
  readonly lowE4: Float64Array;
  readonly closeE4: Float64Array;
  /** As delivered; may be NaN or negative until quality has judged it. */
  readonly volume: Float64Array;
  /** What fills and features may believe: volume, or 0, or a robust median. Written by quality. */
  readonly fillableVolume: Float64Array;
  /** Bit set of `shared/domain/quality/faults.ts`; the source may set bits before quality adds its own. */
  readonly faults: Uint32Array;

  constructor(symbolCount: number) {
    this.status = new Uint8Array(symbolCount);
    this.openE4 = new Float64Array(symbolCount);
    this.highE4 = new Float64Array(symbolCount);
    this.lowE4 = new Float64Array(symbolCount);
    this.closeE4 = new Float64Array(symbolCount);
    this.volume = new Float64Array(symbolCount);
    this.fillableVolume = new Float64Array(symbolCount);
    this.faults = new Uint32Array(symbolCount);
  }

  /** A good bar as it was stored. */
  put(s: number, bar: StoredBar): void {
    this.status[s] = PRESENT;
    this.openE4[s] = bar.openE4;
    this.highE4[s] = bar.highE4;
    this.lowE4[s] = bar.lowE4;
    this.closeE4[s] = bar.closeE4;
    this.volume[s] = bar.volume;
    this.fillableVolume[s] = bar.fillableVolume;
    this.faults[s] = bar.faults;
  }

  /** Every symbol missing, no faults: the state before a source writes the minute. */
  clear(): void {
    this.status.fill(MISSING);
    this.faults.fill(0);
    this.fillableVolume.fill(0);
  }
}
