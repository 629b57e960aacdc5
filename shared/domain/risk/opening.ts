/**
 * What a run begins with: the book as the run before it left it.
 */

import type { UsdE4 } from '../units/units.ts';
import type { StandingCause } from './causes.ts';

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
