/**
 * The price a market order gets from a bar: reference ± half spread ± impact, rounded to the tick against us.
 *
 * Rounding to the tick is one of the three named roundings of the core. Units: prices in 1e-4 USD.
 * Source: docs/decisions/0002-trading-semantics.md (half spread, impact, participation)
 */

import { assert, type PriceE4, type Quantity } from '../units/units.ts';
import type { Side } from '../orders/types.ts';

const TICK_E4 = 100;
/** Below one dollar prices move in hundredths of a cent. */
const SUB_DOLLAR_TICK_E4 = 1;
const ONE_DOLLAR_E4 = 10_000;

const HALF_SPREAD_MIN_E4 = 50;
const HALF_SPREAD_FRACTION = 0.5e-4;
/** The first half hour trades at twice the spread. */
const WIDE_SPREAD_MINUTES = 30;
const IMPACT_FRACTION = 10e-4;

export interface FillConditions {
  readonly side: Side;
  readonly referenceE4: PriceE4;
  readonly quantity: Quantity;
  readonly barVolume: Quantity;
  readonly minuteIndex: number;
}

export function tickE4(priceE4: PriceE4): PriceE4 {
  return priceE4 < ONE_DOLLAR_E4 ? SUB_DOLLAR_TICK_E4 : TICK_E4;
}

export function fillPriceE4(conditions: FillConditions): PriceE4 {
  const { side, referenceE4, quantity, barVolume, minuteIndex } = conditions;
  assert(quantity > 0 && barVolume > 0, 'a fill has a quantity and a volume to come from');
  const spread = Math.max(HALF_SPREAD_MIN_E4, referenceE4 * HALF_SPREAD_FRACTION);
  const halfSpread = minuteIndex < WIDE_SPREAD_MINUTES ? 2 * spread : spread;
  const impact = referenceE4 * IMPACT_FRACTION * Math.sqrt(quantity / barVolume);
  const cost = halfSpread + impact;
  return side === 'BUY' ? roundUpToTick(referenceE4 + cost) : roundDownToTick(referenceE4 - cost);
}

/** The fill-price rounding for a buyer. */
function roundUpToTick(priceE4: number): PriceE4 {
  const tick = tickE4(priceE4);
  return Math.ceil(priceE4 / tick) * tick;
}

/** The fill-price rounding for a seller; never below one tick. */
function roundDownToTick(priceE4: number): PriceE4 {
  const tick = tickE4(priceE4);
  return Math.max(tick, Math.floor(priceE4 / tick) * tick);
}
