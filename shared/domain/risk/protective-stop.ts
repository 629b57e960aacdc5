/**
 * Where the protective stop of an entry lies, so that no single closed trade loses more than the profile allows.
 *
 * Distance = (single-loss limit − round-trip fees) / quantity, floored to the tick, below the entry's limit price:
 * the limit is the worst entry, so a better fill leaves room for the spread that the stop itself will pay.
 */

import type { SessionFees } from '../execution/fees.ts';
import { roundTripFeesE4 } from '../execution/fees.ts';
import { tickE4 } from '../execution/fill-price.ts';
import type { PriceE4, Quantity } from '../units/units.ts';
import type { Profile } from './profile.ts';

/** The trigger price; null where the profile has no stops. At least one tick. */
export function protectiveStopE4(
  profile: Profile,
  fees: SessionFees,
  entry: { readonly limitPriceE4: PriceE4; readonly quantity: Quantity },
): PriceE4 | null {
  if (profile.singleLossMaxUsdE4 === Number.POSITIVE_INFINITY) return null;
  const roomE4 = profile.singleLossMaxUsdE4 - roundTripFeesE4(fees, entry.limitPriceE4, entry.quantity);
  const tick = tickE4(entry.limitPriceE4);
  const distanceE4 = Math.floor(roomE4 / entry.quantity / tick) * tick;
  return Math.max(tick, entry.limitPriceE4 - Math.max(0, distanceE4));
}
