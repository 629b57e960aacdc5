/**
 * Moments of a series of returns or results: what the other metrics are made of.
 *
 * N/A is NaN everywhere in this folder: too few values, or nothing that varies. Definitions agree with
 * test/fixtures/oracles/metrics.json.
 */

/** At or below this a series counts as constant: what is left of it is the rounding of its own additions. */
const FLAT = 1e-12;
/** Skew and tails of two values say nothing. */
const SHAPE_VALUES_MIN = 3;

/** Arithmetic mean in the unit of the values; NaN without values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation, divisor n − 1, in the unit of the values; NaN below two values. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  return Math.sqrt((values.length * centralMoment(values, 2)) / (values.length - 1));
}

/** False for a constant series, and for one too short to tell. */
export function varies(values: readonly number[]): boolean {
  return standardDeviation(values) > FLAT;
}

/** √(mean over all n of min(value, 0)²): deviation below zero, in the unit of the values. */
export function downsideDeviation(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => Math.min(value, 0) ** 2)));
}

/** Population skewness m₃ / m₂^1.5, no unit; N/A below three values or where nothing varies. */
export function skewness(values: readonly number[]): number {
  return hasShape(values) ? centralMoment(values, 3) / centralMoment(values, 2) ** 1.5 : Number.NaN;
}

/** Population kurtosis less that of a normal distribution, m₄ / m₂² − 3; N/A as skewness. */
export function excessKurtosis(values: readonly number[]): number {
  return hasShape(values) ? centralMoment(values, 4) / centralMoment(values, 2) ** 2 - 3 : Number.NaN;
}

function hasShape(values: readonly number[]): boolean {
  return values.length >= SHAPE_VALUES_MIN && varies(values);
}

function centralMoment(values: readonly number[], order: number): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** order));
}
