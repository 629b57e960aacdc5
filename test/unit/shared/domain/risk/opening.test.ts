/**
 * What a run begins with: the book as the run before it left it.
 */

import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../../../shared/domain/risk/causes.ts';
import { newOpening, openingAfter } from '../../../../../shared/domain/risk/opening.ts';

const standing = CAUSES.map((cause) => ({ cause, sinceMs: 5, by: 'core', why: 'a test' }));

describe('an opening', () => {
  it('of a new book is its cash', () => {
    expect(newOpening(7)).toEqual({ cashE4: 7, accountPeakE4: 7, limitReferenceE4: 7, causes: [] });
  });

  it('after a run goes on with its equity, peak and reference', () => {
    const left = { equityE4: 90, accountPeakE4: 120, limitReferenceE4: 100, causes: [] };
    expect(openingAfter(left)).toEqual({ cashE4: 90, accountPeakE4: 120, limitReferenceE4: 100, causes: [] });
  });

  it('keeps the causes that somebody has to lift, and those of the day; not those of a feed or runner that is gone', () => {
    const left = { equityE4: 90, accountPeakE4: 120, limitReferenceE4: 100, causes: standing };
    expect(openingAfter(left).causes.map(({ cause }) => cause)).toEqual([
      'DRAWDOWN',
      'OPERATOR_HALT',
      'OPERATOR_FLATTEN',
      'AUDIT_FAILED',
      'DAILY_LOSS',
    ]);
  });
});
