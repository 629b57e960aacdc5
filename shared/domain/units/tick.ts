/**
 * Which prices exist: multiples of a cent from one dollar on, of a hundredth of a cent below it.
 *
 * The tick is always that of the price that results, never of the price it was computed from: one dollar is a valid
 * price on either side, so that rounding to it from below or above stays valid. Units: prices in 1e-4 USD.
 */

import type { PriceE4 } from './units.ts';

const CENT_E4 = 100;
const SUB_DOLLAR_TICK_E4 = 1;
const ONE_DOLLAR_E4 = 10_000;

/** The lowest price there is. */
export const LOWEST_PRICE_E4: PriceE4 = SUB_DOLLAR_TICK_E4;

/** The distance between valid prices around this one. */
export function tickE4(priceE4: PriceE4): PriceE4 {
  return priceE4 < ONE_DOLLAR_E4 ? SUB_DOLLAR_TICK_E4 : CENT_E4;
}

/** The largest valid price that is not above; may be zero or negative. */
export function floorToTick(priceE4: number): PriceE4 {
  const tick = tickE4(priceE4);
  return Math.floor(priceE4 / tick) * tick;
}

/** The smallest valid price that is not below. */
export function ceilToTick(priceE4: number): PriceE4 {
  const tick = tickE4(priceE4);
  return Math.ceil(priceE4 / tick) * tick;
}

/** The smallest valid price above. */
export function nextTickAbove(priceE4: number): PriceE4 {
  return floorToTick(priceE4) + tickE4(priceE4);
}
