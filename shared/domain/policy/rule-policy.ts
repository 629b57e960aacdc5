/**
 * `rule`: at the close of minute i BUY when the mean of the last 10 closes is above the mean of the last 30 and
 * 29 ≤ i ≤ L−3, else SELL; tested in integers as 3·S10 > S30.
 */

import { BUY, lastEntryMinute, SELL } from './actions.ts';
import { WINDOW_CLOSES } from './close-window.ts';
import type { Policy } from './policy.ts';

/** S10 and S30 are sums of 10 and of 30 closes. */
const SUMS_RATIO = 3;

export const rulePolicy: Policy = {
  name: 'rule',
  sha256: null,
  parameters: {},
  readsObservation: false,
  decide({ closes, minuteIndex, minutes }, actions) {
    const mayBuy = minuteIndex >= WINDOW_CLOSES - 1 && minuteIndex <= lastEntryMinute(minutes);
    for (let s = 0; s < actions.length; s++) {
      const isRising = closes.count(s) === WINDOW_CLOSES && SUMS_RATIO * closes.recentSumE4[s]! > closes.sumE4[s]!;
      actions[s] = mayBuy && isRising ? BUY : SELL;
    }
  },
};
