/**
 * Computes the observation: 11 features per symbol and one position each, streaming and allocation-free per minute.
 *
 * Features are folded over the present bars of the session; a missing bar leaves a symbol's features as they were.
 */

import { FULL_SESSION_MINUTES } from '../calendar/calendar.ts';
import { FEATURE_COUNT } from './feature-schema.ts';
import { SymbolFeatures } from './symbol-features.ts';
import { VolumeProfile } from './volume-profile.ts';

const MARKET_FEATURES = FEATURE_COUNT - 2;
const SINE = Float64Array.from({ length: FULL_SESSION_MINUTES }, (_, i) => Math.sin(angle(i)));
const COSINE = Float64Array.from({ length: FULL_SESSION_MINUTES }, (_, i) => Math.cos(angle(i)));

export class FeatureEngine {
  readonly #symbols: readonly SymbolFeatures[];
  readonly #profile: VolumeProfile;

  constructor(symbolCount: number) {
    this.#profile = new VolumeProfile(symbolCount);
    this.#symbols = Array.from({ length: symbolCount }, () => new SymbolFeatures());
  }

  /** Everything starts afresh but the volume profile of past sessions. */
  startSession(date: number): void {
    this.#profile.startSession(date);
    for (const symbol of this.#symbols) symbol.reset();
  }

  /** A whole session of which only volumes are known: by symbol, then minute. */
  foldVolumes(date: number, bySymbol: readonly (readonly number[])[]): void {
    this.startSession(date);
    bySymbol.forEach((volumes, s) => {
      volumes.forEach((volume, minuteIndex) => this.#profile.record(s, minuteIndex, volume));
    });
  }

  /** Of the session that runs, by symbol, then minute. */
  sessionVolumes(minutes: number): number[][] {
    return this.#symbols.map((_, s) => this.#profile.session(s, minutes));
  }

  /** Positional: runs once per symbol and minute. Prices in 1e-4 USD, volume in shares as quality believes it. */
  update(s: number, minuteIndex: number, high: number, low: number, close: number, volume: number): void {
    this.#profile.record(s, minuteIndex, volume);
    this.#symbols[s]!.update(high, low, close, volume, this.#profile.usual(s, minuteIndex));
  }

  /** True when every feature of every symbol has its full window. */
  isReady(): boolean {
    for (const symbol of this.#symbols) if (!symbol.isReady) return false;
    return true;
  }

  /** `out`: Float32Array [symbols x 11 features, then one position in shares per symbol], row-major. */
  writeObservation(minuteIndex: number, quantity: ArrayLike<number>, out: Float32Array): void {
    const count = this.#symbols.length;
    for (let s = 0; s < count; s++) {
      const at = s * FEATURE_COUNT;
      this.#symbols[s]!.write(out, at);
      out[at + MARKET_FEATURES] = SINE[minuteIndex]!;
      out[at + MARKET_FEATURES + 1] = COSINE[minuteIndex]!;
      out[count * FEATURE_COUNT + s] = quantity[s]!;
    }
  }
}

function angle(minuteIndex: number): number {
  return (2 * Math.PI * minuteIndex) / FULL_SESSION_MINUTES;
}
