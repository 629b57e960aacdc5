/**
 * What a run begins with: the book as the run before it left it.
 */

import type { EpochMs, UsdE4 } from '../units/units.ts';
import { isSameCause, liftRuleOf, type StandingCause } from './causes.ts';

/** Where the run before it left the book; a new book begins with its cash. */
export interface Opening {
  readonly cashE4: UsdE4;
  readonly accountPeakE4: UsdE4;
  /** What the drawdown limit counts from. */
  readonly limitReferenceE4: UsdE4;
  readonly causes: readonly StandingCause[];
}

/** Of a book that nothing was traded in yet. */
export function newOpening(cashE4: UsdE4): Opening {
  return { cashE4, accountPeakE4: cashE4, limitReferenceE4: cashE4, causes: [] };
}

/**
 * Of a book that a run has left. Positions that it left open are taken at their last marks. A cause that stands as long as
 * its condition does is that of the run's own feed and runner, so it ends with it.
 */
export function openingAfter(left: {
  readonly equityE4: UsdE4;
  readonly accountPeakE4: UsdE4;
  readonly limitReferenceE4: UsdE4;
  readonly causes: readonly StandingCause[];
}): Opening {
  const { equityE4, accountPeakE4, limitReferenceE4, causes } = left;
  const standing = causes.filter(({ cause }) => liftRuleOf(cause) !== 'condition');
  return { cashE4: equityE4, accountPeakE4, limitReferenceE4, causes: standing };
}

/**
 * What stands at the first open of a run, dated by the run's own market: what was set before it had no minute to be dated
 * by, and a book can bring a time that this run has yet to come to. Both stand from this open on; what came from an earlier
 * time keeps it. So does a cause that the next open lifts, since its time says which open that is.
 */
export function causesAtFirstOpen(
  causes: readonly StandingCause[],
  { opening, openMs }: { readonly opening: Opening; readonly openMs: EpochMs },
): readonly StandingCause[] {
  return causes.map((each) => {
    const isCarried = opening.causes.some((carried) => isSameCause(carried, each));
    const isPast = isCarried && each.sinceMs < openMs;
    const isDated = isPast || each.sinceMs === openMs || liftRuleOf(each.cause) === 'next-open';
    return isDated ? each : { ...each, sinceMs: openMs };
  });
}
