/**
 * The standard normal distribution.
 */

/** Quantile of the worst 5 %: Φ(−1.6448…) = 0.05. */
export const NORMAL_QUANTILE_5 = -1.6448536269514722;

/** From here on the tail's continued fraction converges faster than the series. */
const TAIL_FROM = 3;
/** Beyond this the tail is smaller than the smallest double. */
const TAIL_TO = 38.5;
const FRACTION_TERMS = 120;
const SERIES_TERMS_MAX = 100;

/**
 * Φ(x), the probability of a value below x, to about 1e-15 absolute and 1e-12 of the smaller tail.
 *
 * Source: Abramowitz and Stegun 26.2.11 (series, every term positive) and 26.2.14 (continued fraction of the tail).
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (Math.abs(x) < TAIL_FROM) return 0.5 + density(x) * oddSeries(x);
  const tail = Math.abs(x) > TAIL_TO ? 0 : density(x) / millsDenominator(Math.abs(x));
  return x < 0 ? tail : 1 - tail;
}

function density(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** x + x³/3 + x⁵/(3·5) + … */
function oddSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; k <= SERIES_TERMS_MAX && term !== 0; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return sum;
}

/** x + 1/(x + 2/(x + 3/(x + …))), from the inside out. */
function millsDenominator(x: number): number {
  let value = x;
  for (let k = FRACTION_TERMS; k >= 1; k--) value = x + k / value;
  return value;
}
