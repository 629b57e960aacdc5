/**
 * The limits that are fractions of an amount, in money, as the core applies them: the daily loss counts from session-start
 * equity, the drawdown from the limit's reference. Infinity: no such limit. Money in 1e-4 USD.
 */

import { partOfE4, type Profile } from '../domain/profile/profile.ts';
import type { UsdE4 } from '../domain/units/units.ts';

type DailyLossLimits = Pick<Profile, 'dailyLossMaxUsdE4' | 'dailyLossMaxFraction'>;
type DrawdownLimits = Pick<Profile, 'drawdownMaxUsdE4' | 'drawdownMaxFraction'>;

export function dailyLossLimitE4({ dailyLossMaxUsdE4, dailyLossMaxFraction }: DailyLossLimits, startE4: UsdE4): UsdE4 {
  return Math.min(dailyLossMaxUsdE4, partOfE4(dailyLossMaxFraction, startE4));
}

export function drawdownLimitE4({ drawdownMaxUsdE4, drawdownMaxFraction }: DrawdownLimits, referenceE4: UsdE4): UsdE4 {
  return Math.min(drawdownMaxUsdE4, partOfE4(drawdownMaxFraction, referenceE4));
}
