/**
 * Reads numbers straight from bytes: prices as integers in 1e-4 USD without a detour over binary fractions.
 *
 * Results: the number; NaN where the field says `NaN`; UNREADABLE where it is not a number of the kind asked for.
 */

/** No price and no volume: text, too many decimals, too many digits, or nothing. */
export const UNREADABLE = Number.NEGATIVE_INFINITY;

const DECIMALS = 4;
/** More digits of dollars do not fit a safe integer with 4 decimals. */
const WHOLE_DIGITS_MAX = 12;
const ZERO = 48;
const NINE = 57;
const DOT = 46;
const MINUS = 45;
const NUMBER = /^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?$/;

/** A price in dollars with at most four decimals; further zeros are tolerated, since they say nothing. */
export function readPriceE4(bytes: Buffer, from: number, to: number): number {
  const isNegative = bytes[from] === MINUS;
  const start = isNegative ? from + 1 : from;
  let value = 0;
  let at = start;
  for (; at < to; at++) {
    const byte = bytes[at]!;
    if (byte < ZERO || byte > NINE) break;
    value = value * 10 + (byte - ZERO);
  }
  if (at === start || at - start > WHOLE_DIGITS_MAX) return notADigit(bytes, from, to);
  const scaled = at === to ? value * 10_000 : withDecimals(value, bytes, at, to);
  if (scaled > Number.MAX_SAFE_INTEGER) return UNREADABLE;
  return isNegative ? -scaled : scaled;
}

/** Shares: any finite number is passed on, for quality to judge. */
export function readVolume(bytes: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte < ZERO || byte > NINE) return readAnyNumber(bytes, from, to);
    value = value * 10 + (byte - ZERO);
  }
  return to > from && to - from <= 15 ? value : readAnyNumber(bytes, from, to);
}

/** Dollars to 1e-4, half away from zero: for adjusted prices, which are computed and have any number of decimals. */
export function readRoundedPriceE4(bytes: Buffer, from: number, to: number): number {
  const value = readAnyNumber(bytes, from, to);
  return Number.isFinite(value) ? Math.sign(value) * Math.round(Math.abs(value) * 10_000) : value;
}

function withDecimals(whole: number, bytes: Buffer, dotAt: number, to: number): number {
  if (bytes[dotAt] !== DOT || dotAt + 1 === to) return UNREADABLE;
  let value = whole;
  let digits = 0;
  for (let at = dotAt + 1; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return UNREADABLE;
    if (digits < DECIMALS) value = value * 10 + digit;
    else if (digit !== 0) return UNREADABLE;
    digits++;
  }
  for (; digits < DECIMALS; digits++) value *= 10;
  return value;
}

function notADigit(bytes: Buffer, from: number, to: number): number {
  return isNanText(bytes.toString('latin1', from, to)) ? Number.NaN : UNREADABLE;
}

function readAnyNumber(bytes: Buffer, from: number, to: number): number {
  const text = bytes.toString('latin1', from, to);
  if (isNanText(text)) return Number.NaN;
  const value = NUMBER.test(text) ? Number(text) : UNREADABLE;
  return Number.isFinite(value) ? value : UNREADABLE;
}

function isNanText(text: string): boolean {
  return text.toLowerCase() === 'nan';
}
