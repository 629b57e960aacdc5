/**
 * The machine's clock: wall time with a fraction, and waiting.
 */

import { setTimeout as timeout } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.ts';

/** Beyond this the wall clock was set, or the machine slept. */
const DRIFT_MS_MAX = 5;
/** The longest delay a timer takes; longer sleeps are made of several. */
const TIMER_MS_MAX = 2_147_483_647;

export function systemClock(): Clock {
  let offsetMs = performance.timeOrigin;
  return {
    nowMs() {
      const nowMs = offsetMs + performance.now();
      const wallMs = Date.now();
      if (Math.abs(wallMs - nowMs) <= DRIFT_MS_MAX) return nowMs;
      offsetMs += wallMs - nowMs;
      return wallMs;
    },
    async sleep(delayMs, signal) {
      for (let leftMs = delayMs; leftMs > 0 && !signal?.aborted; leftMs -= TIMER_MS_MAX) {
        await sleepOnce(Math.min(leftMs, TIMER_MS_MAX), signal);
      }
    },
  };
}

async function sleepOnce(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await timeout(delayMs, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
