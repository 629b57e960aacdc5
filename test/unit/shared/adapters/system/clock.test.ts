/**
 * The system clock: wall time with a fraction, and sleep that an abort ends.
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../../shared/adapters/system/clock.ts';

describe('the system clock', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('follows the wall clock and never differs from it by more than a few milliseconds', () => {
    const clock = systemClock();
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThanOrEqual(5);
    vi.setSystemTime(Date.now() - 7_200_000);
    expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThanOrEqual(5);
  });
});

describe('sleeping', () => {
  it('ends at once when the signal aborts, before or during', async () => {
    const clock = systemClock();
    await clock.sleep(60_000, AbortSignal.abort());
    const stopping = new AbortController();
    const sleeping = clock.sleep(60_000, stopping.signal);
    stopping.abort();
    await expect(sleeping).resolves.toBeUndefined();
  });

  it('for no time at all ends at once', async () => {
    await expect(systemClock().sleep(0)).resolves.toBeUndefined();
  });
});
