/**
 * What a bar shows by itself, whatever came before it.
 */

import { FAULT } from './faults.ts';

const PRICE_E4_MAX = 10_000_000 * 10_000;
const VOLUME_MAX = 1e12;

/** PRICE_INVALID, RANGE_CROSSED or 0. */
export function priceFault(openE4: number, highE4: number, lowE4: number, closeE4: number): number {
  if (!isPrice(openE4) || !isPrice(highE4) || !isPrice(lowE4) || !isPrice(closeE4)) return FAULT.PRICE_INVALID;
  const isCrossed = highE4 < lowE4 || openE4 > highE4 || openE4 < lowE4 || closeE4 > highE4 || closeE4 < lowE4;
  return isCrossed ? FAULT.RANGE_CROSSED : 0;
}

/** VOLUME_INVALID, VOLUME_ZERO or 0. */
export function volumeFault(volume: number): number {
  if (!(volume >= 0 && volume <= VOLUME_MAX && isWhole(volume))) return FAULT.VOLUME_INVALID;
  return volume === 0 ? FAULT.VOLUME_ZERO : 0;
}

function isPrice(value: number): boolean {
  return value > 0 && value <= PRICE_E4_MAX && isWhole(value);
}

/** The bit operation tells most whole numbers at once; what is too large for it is asked properly. */
function isWhole(value: number): boolean {
  return (value | 0) === value || Number.isInteger(value);
}
