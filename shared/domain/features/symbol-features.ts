/**
 * The nine market features of one symbol, streaming over its present bars.
 */

import { Atr, Ema, RealisedVolatility, Rsi } from './indicators.ts';
import { READY_CLOSES } from './feature-schema.ts';

const FIVE_MINUTES = 5;
const FAST_PERIOD = 12;
const SLOW_PERIOD = 26;
const RELATIVE_VOLUME_MAX = 20;
const RING = FIVE_MINUTES + 1;

export class SymbolFeatures {
  closes = 0;
  readonly #recent = new Float64Array(RING);
  readonly #fast = new Ema(FAST_PERIOD);
  readonly #slow = new Ema(SLOW_PERIOD);
  readonly #rsi = new Rsi();
  readonly #atr = new Atr();
  readonly #volatility = new RealisedVolatility();
  #close = 0;
  #logReturn = 0;
  #high = 0;
  #low = 0;
  #volume = 0;
  #usualVolume = 0;
  #volumeTotal = 0;
  #typicalTotal = 0;

  get isReady(): boolean {
    return this.closes >= READY_CLOSES;
  }

  reset(): void {
    this.closes = 0;
    this.#fast.reset();
    this.#slow.reset();
    this.#rsi.reset();
    this.#atr.reset();
    this.#volatility.reset();
    this.#volumeTotal = 0;
    this.#typicalTotal = 0;
    this.#logReturn = 0;
  }

  /** Prices in one unit; `usualVolume` of this minute in past sessions, 0 where unknown. */
  update(high: number, low: number, close: number, volume: number, usualVolume: number): void {
    if (this.closes > 0) {
      this.#logReturn = Math.log(close / this.#close);
      this.#volatility.update(this.#logReturn);
    }
    this.#high = this.closes === 0 || high > this.#high ? high : this.#high;
    this.#low = this.closes === 0 || low < this.#low ? low : this.#low;
    this.#recent[this.closes % RING] = close;
    this.#fast.update(close);
    this.#slow.update(close);
    this.#rsi.update(close);
    this.#atr.update(high, low, close);
    this.#typicalTotal += ((high + low + close) / 3) * volume;
    this.#volumeTotal += volume;
    this.#volume = volume;
    this.#usualVolume = usualVolume;
    this.#close = close;
    this.closes += 1;
  }

  /** Writes nine values from `at` on; a feature that is not ready is 0. */
  write(out: Float32Array, at: number): void {
    const close = this.#close;
    if (this.closes === 0) {
      out.fill(0, at, at + 9);
      return;
    }
    out[at] = this.#logReturn;
    out[at + 1] = this.#fiveMinuteReturn();
    out[at + 2] = this.#rsi.isReady ? (this.#rsi.value - 50) / 50 : 0;
    out[at + 3] = (this.#fast.value - this.#slow.value) / close;
    out[at + 4] = this.#volumeTotal === 0 ? 0 : (close * this.#volumeTotal) / this.#typicalTotal - 1;
    out[at + 5] = this.#atr.isReady ? this.#atr.value / close : 0;
    out[at + 6] = this.#volatility.value();
    out[at + 7] = this.#relativeVolume();
    out[at + 8] = this.#high === this.#low ? 0.5 : (close - this.#low) / (this.#high - this.#low);
  }

  #fiveMinuteReturn(): number {
    if (this.closes <= FIVE_MINUTES) return 0;
    return Math.log(this.#close / this.#recent[(this.closes - RING) % RING]!);
  }

  #relativeVolume(): number {
    const usual = this.#usualVolume > 0 ? this.#usualVolume : this.#volumeTotal / this.closes;
    return usual === 0 ? 0 : Math.min(this.#volume / usual, RELATIVE_VOLUME_MAX);
  }
}
