/**
 * Rolling correlation between symbols: Pearson over the one-minute returns of the last 60 clock minutes.
 *
 * A return exists where this minute and the one before both have a good bar. Below a full window of 60 minutes, or
 * with fewer than 48 common returns in it, the correlation is unknown and reduces nothing.
 */

export const CORRELATION_MINUTES = 60;
export const CORRELATION_MIN_PAIRS = 48;
export const CORRELATION_THRESHOLD = 0.8;

export class ReturnWindow {
  readonly #returns: Float64Array;
  readonly #lastE4: Float64Array;
  readonly #symbolCount: number;
  #minutes = 0;

  constructor(symbolCount: number) {
    this.#symbolCount = symbolCount;
    this.#returns = new Float64Array(symbolCount * CORRELATION_MINUTES).fill(Number.NaN);
    this.#lastE4 = new Float64Array(symbolCount);
  }

  reset(): void {
    this.#minutes = 0;
    this.#returns.fill(Number.NaN);
    this.#lastE4.fill(0);
  }

  /** One call per symbol and minute; `closeE4` 0 for a minute without a good bar. */
  push(s: number, closeE4: number): void {
    const last = this.#lastE4[s]!;
    const slot = s * CORRELATION_MINUTES + (this.#minutes % CORRELATION_MINUTES);
    this.#returns[slot] = last === 0 || closeE4 === 0 ? Number.NaN : closeE4 / last - 1;
    this.#lastE4[s] = closeE4;
    if (s === this.#symbolCount - 1) this.#minutes += 1;
  }

  /** Pearson's r, or NaN where it is unknown. */
  correlation(a: number, b: number): number {
    // Minute 0 has no return, so 60 returns need 61 closes.
    if (this.#minutes <= CORRELATION_MINUTES) return Number.NaN;
    const returns = this.#returns;
    const baseA = a * CORRELATION_MINUTES;
    const baseB = b * CORRELATION_MINUTES;
    let n = 0;
    let sumA = 0;
    let sumB = 0;
    for (let k = 0; k < CORRELATION_MINUTES; k++) {
      const ra = returns[baseA + k]!;
      const rb = returns[baseB + k]!;
      if (ra !== ra || rb !== rb) continue;
      n += 1;
      sumA += ra;
      sumB += rb;
    }
    if (n < CORRELATION_MIN_PAIRS) return Number.NaN;
    return this.#pearson(baseA, baseB, sumA / n, sumB / n);
  }

  #pearson(baseA: number, baseB: number, meanA: number, meanB: number): number {
    const returns = this.#returns;
    let covariance = 0;
    let varianceA = 0;
    let varianceB = 0;
    for (let k = 0; k < CORRELATION_MINUTES; k++) {
      const da = returns[baseA + k]! - meanA;
      const db = returns[baseB + k]! - meanB;
      if (da !== da || db !== db) continue;
      covariance += da * db;
      varianceA += da * da;
      varianceB += db * db;
    }
    return covariance / Math.sqrt(varianceA * varianceB);
  }
}
