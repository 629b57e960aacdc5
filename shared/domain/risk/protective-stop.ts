/**
 * Where the protective stop of an entry lies, so that no single closed trade loses more than the profile allows.
 *
 * The worst trade buys at the limit price P and is sold where the stop triggers, less half spread and impact, rounded
 * down. Distance = (single-loss limit − round-trip fees at P) / quantity − (half spread at P + impact of a full
 * participation at P + one tick), floored to the tick of P. What it cannot hold: gaps, and fills beyond participation.
 * Units: prices in 1e-4 USD. Source: docs/decisions/0002-trading-semantics.md
 */

import type { SessionFees } from '../execution/fees.ts';
import { roundTripFeesE4 } from '../execution/fees.ts';
import { halfSpreadE4, impactE4 } from '../execution/fill-price.ts';
import { tickE4 } from '../units/tick.ts';
import type { PriceE4, Quantity } from '../units/units.ts';
import type { Profile } from '../profile/profile.ts';
import type { VerdictDetail } from './types.ts';

export interface StopRequest {
  readonly limitPriceE4: PriceE4;
  readonly quantity: Quantity;
  /** Of the decision: the entry fills in the minute after it. */
  readonly minuteIndex: number;
}

/** `unlimited`: the profile caps no single loss. `too-close`: no valid price below the limit holds the cap. */
export type ProtectiveStop =
  | { readonly kind: 'at'; readonly priceE4: PriceE4 }
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'too-close'; readonly detail: VerdictDetail };

const UNLIMITED: ProtectiveStop = { kind: 'unlimited' };

export function protectiveStop(profile: Profile, fees: SessionFees, entry: StopRequest): ProtectiveStop {
  if (profile.singleLossMaxUsdE4 === Number.POSITIVE_INFINITY) return UNLIMITED;
  const { limitPriceE4 } = entry;
  const tick = tickE4(limitPriceE4);
  const distanceE4 = Math.floor(roomE4(profile, fees, entry) / tick) * tick;
  if (distanceE4 >= tick) return { kind: 'at', priceE4: Math.max(tick, limitPriceE4 - distanceE4) };
  return { kind: 'too-close', detail: { limit: tick, value: distanceE4, wouldPass: tick, unit: 'usdE4' } };
}

/** What a share may fall before its stop triggers. */
function roomE4(profile: Profile, fees: SessionFees, { limitPriceE4, quantity, minuteIndex }: StopRequest): number {
  const lossE4 = (profile.singleLossMaxUsdE4 - roundTripFeesE4(fees, limitPriceE4, quantity)) / quantity;
  const spreadE4 = halfSpreadE4(limitPriceE4, minuteIndex + 1);
  return lossE4 - (spreadE4 + impactE4(limitPriceE4, profile.participationMax) + tickE4(limitPriceE4));
}
