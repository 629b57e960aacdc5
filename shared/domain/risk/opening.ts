/**
 * What a run begins with: the book as the run before it left it.
 */

import type { UsdE4 } from '../units/units.ts';
import { liftRuleOf, type StandingCause } from './causes.ts';

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
