/**
 * Risk profiles: every limit the guard knows, by name. `bench` exists for comparing engines and has none.
 *
 * Source: requirements of the product, section 3; docs/decisions/0002-trading-semantics.md
 */

import type { Quantity, UsdE4 } from '../units/units.ts';

export const PROFILE_NAMES = ['basic', 'enhanced', 'bench'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

export interface Profile {
  readonly name: ProfileName;
  readonly sharesMax: Quantity;
  /** Infinity: no limit. */
  readonly notionalMaxUsdE4: UsdE4;
  readonly dailyLossMaxUsdE4: UsdE4;
  readonly dailyLossMaxFraction: number;
  readonly drawdownMaxUsdE4: UsdE4;
  readonly drawdownMaxFraction: number;
  readonly varMaxFraction: number;
  readonly concentrationMaxFraction: number;
  readonly leverageMax: number;
  readonly ordersPerMinuteMax: number;
  /** Worst closed loss of one entry; Infinity: no protective stop. */
  readonly singleLossMaxUsdE4: UsdE4;
  readonly collarBps: number;
  readonly participationMax: number;
  readonly frictionless: boolean;
}

const BASIC: Profile = {
  name: 'basic',
  sharesMax: 100,
  notionalMaxUsdE4: 10_000_000,
  dailyLossMaxUsdE4: 500_000,
  dailyLossMaxFraction: 0.02,
  drawdownMaxUsdE4: 1_000_000,
  drawdownMaxFraction: Number.POSITIVE_INFINITY,
  varMaxFraction: Number.POSITIVE_INFINITY,
  concentrationMaxFraction: Number.POSITIVE_INFINITY,
  leverageMax: 1,
  ordersPerMinuteMax: Number.POSITIVE_INFINITY,
  singleLossMaxUsdE4: 250_000,
  collarBps: 20,
  participationMax: 0.1,
  frictionless: false,
};

const ENHANCED: Profile = {
  ...BASIC,
  name: 'enhanced',
  drawdownMaxFraction: 0.03,
  varMaxFraction: 0.02,
  concentrationMaxFraction: 0.4,
  ordersPerMinuteMax: 20,
};

/** Fills at exactly the next open, fixed size, no dollar limits, no stops. */
const BENCH: Profile = {
  ...BASIC,
  name: 'bench',
  notionalMaxUsdE4: Number.POSITIVE_INFINITY,
  dailyLossMaxUsdE4: Number.POSITIVE_INFINITY,
  dailyLossMaxFraction: Number.POSITIVE_INFINITY,
  drawdownMaxUsdE4: Number.POSITIVE_INFINITY,
  leverageMax: Number.POSITIVE_INFINITY,
  singleLossMaxUsdE4: Number.POSITIVE_INFINITY,
  collarBps: 0,
  participationMax: Number.POSITIVE_INFINITY,
  frictionless: true,
};

export function profile(name: ProfileName): Profile {
  return { basic: BASIC, enhanced: ENHANCED, bench: BENCH }[name];
}

/** A limit that is a fraction of an amount; no limit stays none, also where the amount is zero or a debt. */
export function partOfE4(fraction: number, amountE4: UsdE4): UsdE4 {
  return fraction === Number.POSITIVE_INFINITY ? fraction : fraction * amountE4;
}

/** Whether a profile has a limit that daily bars are read for. */
export function readsDailyBars({ varMaxFraction }: Profile): boolean {
  return varMaxFraction !== Number.POSITIVE_INFINITY;
}
