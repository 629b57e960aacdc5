/**
 * The price a market order gets from a bar: reference ± half spread ± impact, rounded to the tick against us.
 *
 * Rounding to the tick is one of the three named roundings of the core. Units: prices in 1e-4 USD.
 * Source: docs/decisions/0002-trading-semantics.md (half spread, impact, participation)
 */

import { ceilToTick, floorToTick, LOWEST_PRICE_E4 } from '../units/tick.ts';
import { assert, type PriceE4, type Quantity } from '../units/units.ts';
import type { Side } from '../orders/types.ts';

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

export function fillPriceE4(conditions: FillConditions): PriceE4 {
  const { side, referenceE4, quantity, barVolume, minuteIndex } = conditions;
  assert(quantity > 0 && barVolume > 0, 'a fill has a quantity and a volume to come from');
  const cost = halfSpreadE4(referenceE4, minuteIndex) + impactE4(referenceE4, quantity / barVolume);
  return side === 'BUY' ? ceilToTick(referenceE4 + cost) : Math.max(LOWEST_PRICE_E4, floorToTick(referenceE4 - cost));
}

/** Half the spread in a minute of the session; not rounded. */
export function halfSpreadE4(priceE4: PriceE4, minuteIndex: number): number {
  const spread = Math.max(HALF_SPREAD_MIN_E4, priceE4 * HALF_SPREAD_FRACTION);
  return minuteIndex < WIDE_SPREAD_MINUTES ? 2 * spread : spread;
}

/** What taking this share of a bar's volume moves the price by; not rounded. */
export function impactE4(priceE4: PriceE4, shareOfVolume: number): number {
  return priceE4 * IMPACT_FRACTION * Math.sqrt(shareOfVolume);
}
