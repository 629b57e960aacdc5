/**
 * A clock for runs that only wait on each other: time moves on when it is asked for, short waits end with the next
 * turn of the event loop, deadlines never come.
 */

import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../../shared/ports/clock.ts';

const DEADLINE_MS = 2_000;

export function hurriedClock(startMs = 1_735_914_600_000): Clock {
  let nowMs = startMs;
  return {
    nowMs: () => (nowMs += 1),
    async sleep(delayMs, signal) {
      if (delayMs < DEADLINE_MS) {
        await turn();
        return;
      }
      if (signal?.aborted) return;
      await new Promise<void>((resolve) => {
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    },
  };
}
