/**
 * Rolling correlation between symbols: Pearson over the one-minute returns of the last 60 clock minutes.
 *
 * A return exists where this minute and the one before both have a good bar. Below a full window of 60 minutes, or
 * with fewer than 48 common returns in it, the correlation is unknown and reduces nothing.
 */

const CORRELATION_MINUTES = 60;
const CORRELATION_MIN_PAIRS = 48;
export const CORRELATION_THRESHOLD = 0.8;

export class ReturnWindow {
  /** Per symbol a ring of returns, NaN where one of the two closes is missing. */
  readonly #returns: Float64Array;
  /** Close of the minute before, 0 without a good bar. */
  readonly #lastE4: Float64Array;
  readonly #symbolCount: number;
  readonly #a = new Float64Array(CORRELATION_MINUTES);
  readonly #b = new Float64Array(CORRELATION_MINUTES);
  /** Closes of the session so far: the first has no return. */
  #minutes = 0;
  #next = 0;

  constructor(symbolCount: number) {
    this.#symbolCount = symbolCount;
    this.#returns = new Float64Array(symbolCount * CORRELATION_MINUTES);
    this.#lastE4 = new Float64Array(symbolCount);
  }

  reset(): void {
    this.#minutes = 0;
    this.#next = 0;
    this.#lastE4.fill(0);
  }

  /** One call per symbol and minute, in order; `closeE4` 0 for a minute without a good bar. */
  push(s: number, closeE4: number): void {
    const lastE4 = this.#lastE4[s]!;
    const isKnown = closeE4 !== 0 && lastE4 !== 0;
    this.#returns[s * CORRELATION_MINUTES + this.#next] = isKnown ? closeE4 / lastE4 - 1 : Number.NaN;
    this.#lastE4[s] = closeE4;
    if (s !== this.#symbolCount - 1) return;
    this.#minutes += 1;
    this.#next = this.#next + 1 === CORRELATION_MINUTES ? 0 : this.#next + 1;
  }

  /** Pearson's r, or NaN where it is unknown. */
  correlation(a: number, b: number): number {
    if (this.#minutes <= CORRELATION_MINUTES) return Number.NaN;
    const count = this.#common(a, b);
    return count < CORRELATION_MIN_PAIRS ? Number.NaN : pearson(this.#a, this.#b, count);
  }

  /** Copies the minutes in which both symbols have a return, oldest first; how many they are. */
  #common(a: number, b: number): number {
    let count = 0;
    let from = this.#next;
    for (let minute = 0; minute < CORRELATION_MINUTES; minute++) {
      const returnA = this.#returns[a * CORRELATION_MINUTES + from]!;
      const returnB = this.#returns[b * CORRELATION_MINUTES + from]!;
      from = from + 1 === CORRELATION_MINUTES ? 0 : from + 1;
      if (Number.isNaN(returnA) || Number.isNaN(returnB)) continue;
      this.#a[count] = returnA;
      this.#b[count] = returnB;
      count += 1;
    }
    return count;
  }
}

function pearson(a: Float64Array, b: Float64Array, count: number): number {
  let meanA = 0;
  let meanB = 0;
  for (let at = 0; at < count; at++) {
    meanA += a[at]! / count;
    meanB += b[at]! / count;
  }
  let covariance = 0;
  let varianceA = 0;
  let varianceB = 0;
  for (let at = 0; at < count; at++) {
    const fromMeanA = a[at]! - meanA;
    const fromMeanB = b[at]! - meanB;
    covariance += fromMeanA * fromMeanB;
    varianceA += fromMeanA * fromMeanA;
    varianceB += fromMeanB * fromMeanB;
  }
  return covariance / Math.sqrt(varianceA * varianceB);
}
