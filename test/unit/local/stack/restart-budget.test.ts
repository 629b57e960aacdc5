/**
 * Back-off doubles inside the window and ends with giving up; a quiet window forgets.
 */

import { describe, expect, it } from 'vitest';
import { RestartBudget } from '../../../../local/stack/restart-budget.ts';

const RULES = { restartsMax: 4, windowMs: 1_000, firstDelayMs: 10, delayMsMax: 50 };

describe('restart budget', () => {
  it('doubles the delay up to its maximum, then gives up', () => {
    const budget = new RestartBudget(RULES);
    expect([0, 1, 2, 3, 4].map((nowMs) => budget.afterCrash(nowMs))).toEqual([10, 20, 40, 50, null]);
  });

  it('forgets crashes older than the window', () => {
    const budget = new RestartBudget(RULES);
    for (const nowMs of [0, 1, 2, 3]) budget.afterCrash(nowMs);
    expect(budget.afterCrash(1_500)).toBe(10);
  });

  it('says what its maximum is', () => {
    expect(new RestartBudget(RULES).description).toBe('4 restarts within 1 s');
  });
});
