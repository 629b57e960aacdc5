/**
 * Partition upkeep runs at the start and daily, and again soon after a failure.
 */

import { describe, expect, it } from 'vitest';
import { startUpkeep } from '../../../../local/host/upkeep.ts';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';
import { stepClock } from '../../../support/core/step-clock.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const DAY_MS = 86_400_000;

describe('partition upkeep', () => {
  it('runs at the start and daily, and a minute after a failure', async () => {
    const clock = stepClock(0);
    const times: number[] = [];
    const upkeep = startUpkeep({
      maintain: async () => {
        times.push(clock.nowMs());
        if (times.length === 2) throw new Error('database away');
      },
      clock,
      logger,
    });
    await clock.advance(2 * DAY_MS + 60_000);
    expect(times).toEqual([0, DAY_MS, DAY_MS + 60_000, 2 * DAY_MS + 60_000]);
    await upkeep.stop();
  });
});
