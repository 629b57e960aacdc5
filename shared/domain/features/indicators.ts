/**
 * Streaming indicators over the present bars of one session: allocation-free, reset at the open.
 *
 * Seeds: EMA with the first close (as tulipy), RSI and ATR by Wilder, ATR from the second bar (as TA-Lib).
 * Oracles: test/oracles
 */

const PERIOD = 14;

/** Exponential moving average with k = 2 / (n + 1), seeded with the first value. */
export class Ema {
  value = 0;
  readonly #k: number;
  #isSeeded = false;

  constructor(period: number) {
    this.#k = 2 / (period + 1);
  }

  reset(): void {
    this.#isSeeded = false;
    this.value = 0;
  }

  update(x: number): void {
    this.value = this.#isSeeded ? this.value + this.#k * (x - this.value) : x;
    this.#isSeeded = true;
  }
}

/** Wilder's smoothing: the mean of the first 14 values, then (13 · average + x) / 14. */
class WilderAverage {
  value = 0;
  #count = 0;

  get isReady(): boolean {
    return this.#count >= PERIOD;
  }

  reset(): void {
    this.value = 0;
    this.#count = 0;
  }

  update(x: number): void {
    this.#count += 1;
    if (this.#count > PERIOD) this.value = ((PERIOD - 1) * this.value + x) / PERIOD;
    else if (this.#count < PERIOD) this.value += x;
    else this.value = (this.value + x) / PERIOD;
  }
}

/** Relative strength index over 14 changes, 0…100; 50 where nothing moved. */
export class Rsi {
  readonly #gains = new WilderAverage();
  readonly #losses = new WilderAverage();
  #last = 0;

  get isReady(): boolean {
    return this.#gains.isReady;
  }

  get value(): number {
    const total = this.#gains.value + this.#losses.value;
    return total === 0 ? 50 : (100 * this.#gains.value) / total;
  }

  reset(): void {
    this.#gains.reset();
    this.#losses.reset();
    this.#last = 0;
  }

  update(close: number): void {
    if (this.#last !== 0) {
      const change = close - this.#last;
      this.#gains.update(change > 0 ? change : 0);
      this.#losses.update(change < 0 ? -change : 0);
    }
    this.#last = close;
  }
}

/** Average true range over 14 bars; the first bar has no true range. In the unit of the prices. */
export class Atr {
  readonly #ranges = new WilderAverage();
  #lastClose = 0;

  get isReady(): boolean {
    return this.#ranges.isReady;
  }

  get value(): number {
    return this.#ranges.value;
  }

  reset(): void {
    this.#ranges.reset();
    this.#lastClose = 0;
  }

  update(high: number, low: number, close: number): void {
    const last = this.#lastClose;
    if (last !== 0) this.#ranges.update((high > last ? high : last) - (low < last ? low : last));
    this.#lastClose = close;
  }
}

const VOLATILITY_RETURNS = 30;

/** Standard deviation (n − 1) of the last 30 one-minute log returns. */
export class RealisedVolatility {
  readonly #returns = new Float64Array(VOLATILITY_RETURNS);
  #count = 0;
  #next = 0;

  get isReady(): boolean {
    return this.#count === VOLATILITY_RETURNS;
  }

  reset(): void {
    this.#count = 0;
    this.#next = 0;
  }

  update(logReturn: number): void {
    this.#returns[this.#next] = logReturn;
    this.#next = this.#next + 1 === VOLATILITY_RETURNS ? 0 : this.#next + 1;
    if (this.#count < VOLATILITY_RETURNS) this.#count += 1;
  }

  /** Two passes over the window: a running sum would drift. 0 before the window is full. */
  value(): number {
    if (!this.isReady) return 0;
    const returns = this.#returns;
    // Three sums side by side: one alone waits for each addition to end.
    let sumA = 0;
    let sumB = 0;
    let sumC = 0;
    for (let k = 0; k < VOLATILITY_RETURNS; k += 3) {
      sumA += returns[k]!;
      sumB += returns[k + 1]!;
      sumC += returns[k + 2]!;
    }
    const mean = (sumA + sumB + sumC) / VOLATILITY_RETURNS;
    let squaresA = 0;
    let squaresB = 0;
    let squaresC = 0;
    for (let k = 0; k < VOLATILITY_RETURNS; k += 3) {
      const a = returns[k]! - mean;
      const b = returns[k + 1]! - mean;
      const c = returns[k + 2]! - mean;
      squaresA += a * a;
      squaresB += b * b;
      squaresC += c * c;
    }
    const squares = squaresA + squaresB + squaresC;
    return Math.sqrt(squares / (VOLATILITY_RETURNS - 1));
  }
}
