/**
 * How many shares a full long entry is.
 *
 * floor(min(notional limit, free leverage, concentration share of equity) / limit price), at most the share limit,
 * times the correlated share once where correlation says so; floored. Flooring is the share-quantity rounding, one of
 * the three named roundings of the core. Units: money and prices in 1e-4 USD.
 */

import { partOfE4, type Profile } from '../profile/profile.ts';
import type { PriceE4, Quantity, UsdE4 } from '../units/units.ts';
import { nextTickAbove, tickE4 } from '../units/tick.ts';

/** What is left of a full size where another symbol moves with it; in tenths, so that the product stays exact. */
const CORRELATED_SHARE_TENTHS = 7;
export const CORRELATED_SHARE = CORRELATED_SHARE_TENTHS / 10;
const BPS = 10_000;

/**
 * Close plus the collar, floored to the tick of the price that results: an entry never pays more. A collar narrower
 * than a tick leaves the next valid price above the close. 0 where the profile has no collar.
 */
export function entryLimitE4(profile: Profile, closeE4: PriceE4): PriceE4 {
  if (profile.frictionless) return 0;
  // Kept times 10,000, so that the flooring is of whole numbers.
  const collared = closeE4 * (BPS + profile.collarBps);
  const tick = tickE4(collared / BPS);
  const limitE4 = Math.floor(collared / (BPS * tick)) * tick;
  return limitE4 > closeE4 ? limitE4 : nextTickAbove(closeE4);
}

export interface Capital {
  readonly equityE4: UsdE4;
  readonly exposureE4: UsdE4;
}

export function fullEntryQuantity(profile: Profile, capital: Capital, priceE4: PriceE4, correlated: boolean): Quantity {
  if (profile.frictionless) return profile.sharesMax;
  const budgetE4 = Math.min(
    profile.notionalMaxUsdE4,
    partOfE4(profile.leverageMax, capital.equityE4) - capital.exposureE4,
    partOfE4(profile.concentrationMaxFraction, capital.equityE4),
  );
  const shares = Math.min(profile.sharesMax, wholeShares(budgetE4, priceE4));
  return correlated ? Math.floor((shares * CORRELATED_SHARE_TENTHS) / 10) : shares;
}

/** The share rounding: what a budget buys at a price, never negative. */
export function wholeShares(budgetE4: UsdE4, priceE4: PriceE4): Quantity {
  if (!(budgetE4 > 0)) return 0;
  return budgetE4 === Number.POSITIVE_INFINITY ? Number.MAX_SAFE_INTEGER : Math.floor(budgetE4 / priceE4);
}
