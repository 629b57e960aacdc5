/**
 * The limits that are fractions, in money: the same amounts that the core trips at.
 */

import { describe, expect, it } from 'vitest';
import { profile, PROFILE_NAMES } from '../../../../shared/domain/profile/profile.ts';
import { EquityWatch } from '../../../../shared/domain/risk/equity-watch.ts';
import { dailyLossLimitE4, drawdownLimitE4 } from '../../../../shared/read-models/limit-amounts.ts';

describe('a limit that is a fraction', () => {
  it.each(PROFILE_NAMES)('is that of the core under %s', (name) => {
    const limits = profile(name);
    const opening = { cashE4: 21_000_000, accountPeakE4: 27_000_000, limitReferenceE4: 26_000_000, causes: [] };
    const core = new EquityWatch(limits, opening);
    core.mark(15_000_000);
    expect(dailyLossLimitE4(limits, 21_000_000)).toBe(core.dailyLossMaxE4);
    expect(drawdownLimitE4(limits, 26_000_000)).toBe(core.drawdownMaxE4);
  });
});
