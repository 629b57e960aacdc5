/**
 * Rolling correlation between symbols: Pearson over the one-minute returns of the last 60 clock minutes.
 *
 * A return exists where this minute and the one before both have a good bar. Below a full window of 60 minutes, or
 * with fewer than 48 common returns in it, the correlation is unknown and reduces nothing.
 */

const CORRELATION_MINUTES = 60;
const CORRELATION_MIN_PAIRS = 48;
export const CORRELATION_THRESHOLD = 0.8;

/** Returns of 60 minutes need the closes of 61. */
const CLOSES = CORRELATION_MINUTES + 1;

export class ReturnWindow {
  /** Per symbol a ring of closes, 0 for a minute without a good bar. */
  readonly #closesE4: Float64Array;
  readonly #symbolCount: number;
  #minutes = 0;
  #next = 0;

  constructor(symbolCount: number) {
    this.#symbolCount = symbolCount;
    this.#closesE4 = new Float64Array(symbolCount * CLOSES);
  }

  reset(): void {
    this.#minutes = 0;
    this.#next = 0;
  }

  /** One call per symbol and minute, in order; `closeE4` 0 for a minute without a good bar. */
  push(s: number, closeE4: number): void {
    this.#closesE4[s * CLOSES + this.#next] = closeE4;
    if (s !== this.#symbolCount - 1) return;
    this.#minutes += 1;
    this.#next = this.#next + 1 === CLOSES ? 0 : this.#next + 1;
  }

  /** Pearson's r, or NaN where it is unknown. */
  correlation(a: number, b: number): number {
    if (this.#minutes < CLOSES) return Number.NaN;
    const pairs: [number, number][] = [];
    for (let back = CORRELATION_MINUTES; back > 0; back--) {
      const returnA = this.#returnOf(a, back);
      const returnB = this.#returnOf(b, back);
      if (!Number.isNaN(returnA) && !Number.isNaN(returnB)) pairs.push([returnA, returnB]);
    }
    return pairs.length < CORRELATION_MIN_PAIRS ? Number.NaN : pearson(pairs);
  }

  /** The return of the minute that lies `back` minutes back, 1 being the last; NaN without both of its closes. */
  #returnOf(s: number, back: number): number {
    const at = (this.#next + CLOSES - back) % CLOSES;
    const closeE4 = this.#closesE4[s * CLOSES + at]!;
    const beforeE4 = this.#closesE4[s * CLOSES + (at === 0 ? CLOSES - 1 : at - 1)]!;
    return closeE4 === 0 || beforeE4 === 0 ? Number.NaN : closeE4 / beforeE4 - 1;
  }
}

function pearson(pairs: readonly (readonly [number, number])[]): number {
  let meanA = 0;
  let meanB = 0;
  for (const [a, b] of pairs) {
    meanA += a / pairs.length;
    meanB += b / pairs.length;
  }
  let covariance = 0;
  let varianceA = 0;
  let varianceB = 0;
  for (const [a, b] of pairs) {
    covariance += (a - meanA) * (b - meanB);
    varianceA += (a - meanA) * (a - meanA);
    varianceB += (b - meanB) * (b - meanB);
  }
  return covariance / Math.sqrt(varianceA * varianceB);
}
