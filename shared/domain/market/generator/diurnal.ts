/**
 * How restless and how busy the market is by the time of day: high after the open, low at noon, busy into the close.
 *
 * The knots are half hours of a session, read off recorded days of AAPL and MSFT; a half-day runs through the same
 * curve faster. Source: docs/decisions/0007-market-generator.md
 */

/** Standard deviation of one-minute returns relative to noon: at the open, then after each half hour. */
const RESTLESSNESS = [3.1, 2.2, 1.75, 1.52, 1.34, 1.2, 1.06, 1, 0.98, 1, 1.02, 1.06, 1.2, 1.65];
/** Shares a minute relative to noon, likewise. */
const BUSINESS = [5.2, 2.9, 2.1, 1.7, 1.4, 1.2, 1.02, 0.96, 0.98, 1.02, 1.1, 1.3, 1.8, 4.4];

/** Per minute, scaled so that the squares sum to 1. */
export function volatilityCurve(minutes: number): Float64Array {
  const curve = sampled(RESTLESSNESS, minutes);
  let squares = 0;
  for (const value of curve) squares += value * value;
  const scale = 1 / Math.sqrt(squares);
  return curve.map((value) => value * scale);
}

/** Per minute, scaled so that the values sum to 1. */
export function volumeCurve(minutes: number): Float64Array {
  const curve = sampled(BUSINESS, minutes);
  let sum = 0;
  for (const value of curve) sum += value;
  return curve.map((value) => value / sum);
}

/** Straight lines between the knots. */
function sampled(knots: readonly number[], minutes: number): Float64Array {
  const curve = new Float64Array(minutes);
  const pieces = knots.length - 1;
  for (let minute = 0; minute < minutes; minute++) {
    const place = ((minute + 0.5) / minutes) * pieces;
    const knot = Math.min(Math.floor(place), pieces - 1);
    curve[minute] = knots[knot]! + (knots[knot + 1]! - knots[knot]!) * (place - knot);
  }
  return curve;
}
