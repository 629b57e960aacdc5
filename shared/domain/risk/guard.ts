/**
 * The guard: checks one entry against every limit in a fixed order and shrinks it to what fits, or denies it.
 *
 * Order: data → trading state → shares → notional → daily loss → drawdown → VaR → concentration → leverage → rate.
 * Quantity limits reduce, the rest deny. Anything that is not a number denies. Units: money in 1e-4 USD.
 */

import { lastEntryMinute } from '../policy/actions.ts';
import { HARD_FAULTS } from '../quality/faults.ts';
import { CORRELATED_SHARE, wholeShares } from '../sizing/sizing.ts';
import type { PriceE4, Quantity, UsdE4 } from '../units/units.ts';
import { partOfE4, type Profile } from '../profile/profile.ts';
import type { TradingState } from './causes.ts';
import type { Verdict, VerdictDetail } from './types.ts';
import { type StaleHistory, VAR_SESSIONS } from './var.ts';

export interface EntryRequest {
  readonly present: boolean;
  readonly faults: number;
  readonly quantity: Quantity;
  /** The most a share may cost: limit price, or the mark where the profile has no collar. */
  readonly priceE4: PriceE4;
  readonly minuteIndex: number;
  readonly minutes: number;
}

export interface GuardContext {
  readonly state: TradingState;
  readonly equityE4: UsdE4;
  readonly sessionLossE4: UsdE4;
  readonly dailyLossMaxE4: UsdE4;
  readonly drawdownE4: UsdE4;
  readonly drawdownMaxE4: UsdE4;
  /** Positions and pending orders of all symbols, this request excluded. */
  readonly exposureE4: UsdE4;
  readonly ordersThisMinute: number;
  /** VaR with `quantity` shares of this entry added; null where history is missing. */
  varWithE4(quantity: Quantity): UsdE4 | null;
  /** Where the daily bars of this entry's symbol end too long before the session. */
  staleHistory(): StaleHistory | null;
}

export interface EntryVerdict {
  readonly verdict: Verdict;
  readonly quantity: Quantity;
  readonly detail: VerdictDetail | null;
}

export function guardEntry(profile: Profile, request: EntryRequest, standing: GuardContext): EntryVerdict {
  return denyByInput(request, standing) ?? denyByState(request, standing) ?? withinLimits(profile, request, standing);
}

function denyByInput(request: EntryRequest, standing: GuardContext): EntryVerdict | null {
  if (!request.present) {
    const verdict = (request.faults & HARD_FAULTS) === 0 ? 'DATA_MISSING' : 'DATA_QUALITY';
    return deny(verdict, { limit: 0, value: request.faults, wouldPass: 0, unit: 'none' });
  }
  const { priceE4, quantity } = request;
  const isPriced = Number.isFinite(priceE4) && priceE4 > 0 && isWholeShares(quantity);
  const isUsable = isPriced && Number.isFinite(standing.equityE4) && Number.isFinite(standing.exposureE4);
  if (isUsable && Number.isFinite(standing.sessionLossE4) && Number.isFinite(standing.drawdownE4)) return null;
  return deny('INPUT_INVALID', { limit: 0, value: 0, wouldPass: 0, unit: 'none' });
}

function denyByState(request: EntryRequest, standing: GuardContext): EntryVerdict | null {
  if (standing.state === 'HALTED') return deny('STATE_HALTED', { limit: 0, value: 0, wouldPass: 0, unit: 'none' });
  if (standing.state === 'REDUCING') return deny('STATE_REDUCING', { limit: 0, value: 0, wouldPass: 0, unit: 'none' });
  const last = lastEntryMinute(request.minutes);
  if (request.minuteIndex <= last) return null;
  return deny('ENTRY_WINDOW_CLOSED', { limit: last, value: request.minuteIndex, wouldPass: last, unit: 'minute' });
}

interface Cap {
  readonly quantity: Quantity;
  readonly reduced: Verdict;
  readonly denied: Verdict;
  readonly detail: VerdictDetail;
}

function withinLimits(profile: Profile, request: EntryRequest, standing: GuardContext): EntryVerdict {
  const asked: EntryVerdict = { verdict: 'APPROVED', quantity: request.quantity, detail: null };
  const fits = asked.quantity > 0 && asked.quantity <= tightestCap(profile, request, standing);
  if (!fits) return shrinkToLimits(profile, request, standing);
  return denyByLoss(standing) ?? denyByVar(profile, asked, standing) ?? denyByRate(profile, standing) ?? asked;
}

/** The share count that every quantity limit allows. */
function tightestCap(profile: Profile, { priceE4 }: EntryRequest, standing: GuardContext): Quantity {
  const leverageE4 = partOfE4(profile.leverageMax, standing.equityE4) - standing.exposureE4;
  const concentrationE4 = partOfE4(profile.concentrationMaxFraction, standing.equityE4);
  const budgetE4 = Math.min(profile.notionalMaxUsdE4, concentrationE4, leverageE4);
  return Math.min(profile.sharesMax, wholeShares(budgetE4, priceE4));
}

/** Applies the limits one after the other, so that the verdict names the one that binds. */
function shrinkToLimits(profile: Profile, request: EntryRequest, standing: GuardContext): EntryVerdict {
  const asked: EntryVerdict = { verdict: 'APPROVED', quantity: request.quantity, detail: null };
  const sized = applyCaps(asked, [sharesCap(profile, request), notionalCap(profile, request)]);
  if (isDenied(sized)) return sized;
  const denied = denyByLoss(standing) ?? denyByVar(profile, sized, standing);
  if (denied !== null) return denied;
  const fitted = applyCaps(sized, [
    concentrationCap(profile, request, standing),
    leverageCap(profile, request, standing),
  ]);
  if (isDenied(fitted)) return fitted;
  return denyByCorrelation(fitted) ?? denyByRate(profile, standing) ?? fitted;
}

function applyCaps(start: EntryVerdict, caps: readonly Cap[]): EntryVerdict {
  let current = start;
  for (const cap of caps) {
    if (cap.quantity === 0) return deny(cap.denied, cap.detail);
    if (current.quantity <= cap.quantity) continue;
    current = { verdict: cap.reduced, quantity: cap.quantity, detail: cap.detail };
  }
  return current;
}

/** A size that came as zero is not denied until a limit says so. */
function isDenied(entry: EntryVerdict): boolean {
  return entry.quantity === 0 && entry.detail !== null;
}

/** The trips have acted by now; this is the second lock on the same door. Values that are not numbers deny. */
function denyByLoss(standing: GuardContext): EntryVerdict | null {
  const { sessionLossE4, dailyLossMaxE4, drawdownE4, drawdownMaxE4 } = standing;
  if (!(sessionLossE4 < dailyLossMaxE4)) return deny('DAILY_LOSS_EXCEEDED', loss(dailyLossMaxE4, sessionLossE4));
  return drawdownE4 < drawdownMaxE4 ? null : deny('DRAWDOWN_EXCEEDED', loss(drawdownMaxE4, drawdownE4));
}

/** Every limit leaves a share and yet there is none: correlation took the only one. */
function denyByCorrelation(entry: EntryVerdict): EntryVerdict | null {
  if (entry.quantity > 0) return null;
  return deny('CORRELATION_LEAVES_ZERO', { limit: CORRELATED_SHARE, value: 1, wouldPass: 2, unit: 'shares' });
}

function sharesCap(profile: Profile, request: EntryRequest): Cap {
  const { sharesMax } = profile;
  const detail: VerdictDetail = { limit: sharesMax, value: request.quantity, wouldPass: sharesMax, unit: 'shares' };
  return { quantity: sharesMax, reduced: 'REDUCED_SHARES', denied: 'SHARES_EXCEED_MAX', detail };
}

function notionalCap(profile: Profile, request: EntryRequest): Cap {
  const codes = { reduced: 'REDUCED_NOTIONAL', denied: 'NOTIONAL_EXCEEDS_MAX' } as const;
  return budgetCap(profile.notionalMaxUsdE4, request, codes);
}

function concentrationCap(profile: Profile, request: EntryRequest, standing: GuardContext): Cap {
  const codes = { reduced: 'REDUCED_CONCENTRATION', denied: 'CONCENTRATION_EXCEEDS_MAX' } as const;
  return budgetCap(partOfE4(profile.concentrationMaxFraction, standing.equityE4), request, codes);
}

function leverageCap(profile: Profile, request: EntryRequest, standing: GuardContext): Cap {
  const codes = { reduced: 'REDUCED_LEVERAGE', denied: 'LEVERAGE_EXCEEDS_MAX' } as const;
  return budgetCap(partOfE4(profile.leverageMax, standing.equityE4) - standing.exposureE4, request, codes);
}

function budgetCap(limitE4: UsdE4, request: EntryRequest, codes: { reduced: Verdict; denied: Verdict }): Cap {
  const quantity = wholeShares(limitE4, request.priceE4);
  // A size of zero that arrives here would have been one share.
  const valueE4 = Math.max(1, request.quantity) * request.priceE4;
  const detail: VerdictDetail = {
    limit: limitE4,
    value: valueE4,
    wouldPass: quantity * request.priceE4,
    unit: 'usdE4',
  };
  return { ...codes, quantity, detail };
}

function denyByVar(profile: Profile, entry: EntryVerdict, standing: GuardContext): EntryVerdict | null {
  if (profile.varMaxFraction === Number.POSITIVE_INFINITY) return null;
  const limitE4 = profile.varMaxFraction * standing.equityE4;
  const stale = standing.staleHistory();
  if (stale !== null) return deny('VAR_HISTORY_STALE', staleDetail(stale));
  const valueE4 = standing.varWithE4(entry.quantity);
  if (valueE4 === null)
    return deny('VAR_NO_HISTORY', { limit: VAR_SESSIONS, value: 0, wouldPass: VAR_SESSIONS, unit: 'count' });
  // Written so that a value that is not a number denies.
  if (valueE4 <= limitE4) return null;
  return deny('VAR_EXCEEDS_MAX', { limit: limitE4, value: valueE4, wouldPass: limitE4, unit: 'usdE4' });
}

function staleDetail({ lastSession, oldestSession }: StaleHistory): VerdictDetail {
  return { limit: oldestSession, value: lastSession, wouldPass: oldestSession, unit: 'session' };
}

function denyByRate(profile: Profile, standing: GuardContext): EntryVerdict | null {
  const limit = profile.ordersPerMinuteMax;
  if (standing.ordersThisMinute < limit) return null;
  return deny('ORDER_RATE_EXCEEDED', { limit, value: standing.ordersThisMinute + 1, wouldPass: limit, unit: 'count' });
}

function deny(verdict: Verdict, detail: VerdictDetail): EntryVerdict {
  return { verdict, quantity: 0, detail };
}

/** A loss that reaches its limit is denied, so what passes lies below it. */
function loss(limitE4: UsdE4, valueE4: UsdE4): VerdictDetail {
  return { limit: limitE4, value: valueE4, wouldPass: Math.ceil(limitE4) - 1, unit: 'usdE4' };
}

function isWholeShares(quantity: Quantity): boolean {
  return Number.isSafeInteger(quantity) && quantity >= 0;
}
