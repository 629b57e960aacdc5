/**
 * exp, log and the normal quantile from + − × ÷ and square root alone.
 *
 * Those five are exact to the last bit on every machine, `Math.exp` and its kin are not: a generated session must have
 * the same bars, and so the same ledger hash, wherever it is generated.
 */

const LN_2 = 0.6931471805599453;
const EXP_TERMS = 14;
const LOG_TERMS = 12;
const SQRT_2 = 1.4142135623730951;

/** Relative error below 1e-14 for |x| ≤ 40. */
export function exactExp(x: number): number {
  const doublings = Math.round(x / LN_2);
  const rest = x - doublings * LN_2;
  let sum = 1;
  for (let term = EXP_TERMS; term > 0; term--) sum = 1 + (sum * rest) / term;
  const factor = doublings < 0 ? 0.5 : 2;
  for (let times = Math.abs(doublings); times > 0; times--) sum *= factor;
  return sum;
}

/** Absolute error below 1e-13; for x > 0. */
function exactLog(x: number): number {
  let mantissa = x;
  let halvings = 0;
  for (; mantissa > SQRT_2; halvings++) mantissa /= 2;
  for (; mantissa < 1 / SQRT_2; halvings--) mantissa *= 2;
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let sum = 0;
  for (let term = LOG_TERMS; term >= 0; term--) sum = sum * square + 1 / (2 * term + 1);
  return 2 * ratio * sum + halvings * LN_2;
}

/** Below this share of probability lies a tail of its own formula. */
const TAIL = 0.02425;

/**
 * The value below which a standard normal falls with probability 0 < p < 1; relative error below 1.2e-9.
 *
 * Source: P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function", 2003.
 */
export function normalQuantile(p: number): number {
  if (p < TAIL) return tailQuantile(p);
  if (p > 1 - TAIL) return -tailQuantile(1 - p);
  const q = p - 0.5;
  const r = q * q;
  const top = (((((A0 * r + A1) * r + A2) * r + A3) * r + A4) * r + A5) * q;
  return top / (((((B0 * r + B1) * r + B2) * r + B3) * r + B4) * r + 1);
}

function tailQuantile(p: number): number {
  const q = Math.sqrt(-2 * exactLog(p));
  const top = ((((C0 * q + C1) * q + C2) * q + C3) * q + C4) * q + C5;
  return top / ((((D0 * q + D1) * q + D2) * q + D3) * q + 1);
}

const A0 = -3.969683028665376e1;
const A1 = 2.209460984245205e2;
const A2 = -2.759285104469687e2;
const A3 = 1.38357751867269e2;
const A4 = -3.066479806614716e1;
const A5 = 2.506628277459239;
const B0 = -5.447609879822406e1;
const B1 = 1.615858368580409e2;
const B2 = -1.556989798598866e2;
const B3 = 6.680131188771972e1;
const B4 = -1.328068155288572e1;
const C0 = -7.784894002430293e-3;
const C1 = -3.223964580411365e-1;
const C2 = -2.400758277161838;
const C3 = -2.549732539343734;
const C4 = 4.374664141464968;
const C5 = 2.938163982698783;
const D0 = 7.784695709041462e-3;
const D1 = 3.224671290700398e-1;
const D2 = 2.445134137142996;
const D3 = 3.754408661907416;
