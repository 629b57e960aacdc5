/**
 * A clock that does not move until the test moves it; sleepers wake in order of their due time.
 */

import { setImmediate as settle } from 'node:timers/promises';
import type { Clock } from '../../../shared/ports/clock.ts';

export interface StepClock extends Clock {
  /** Moves time on, waking whoever is due, and lets what they started run. */
  advance(byMs: number): Promise<void>;
  /** Delays asked for, in order. */
  readonly slept: readonly number[];
}

const SETTLE_ROUNDS = 5;

export function stepClock(startMs = 1_735_914_600_000): StepClock {
  let nowMs = startMs;
  const slept: number[] = [];
  let sleepers: { dueMs: number; wake: () => void }[] = [];

  async function settleAll(): Promise<void> {
    for (let round = 0; round < SETTLE_ROUNDS; round += 1) await settle();
  }

  return {
    slept,
    nowMs: () => nowMs,
    sleep(delayMs, signal) {
      slept.push(delayMs);
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        sleepers.push({ dueMs: nowMs + delayMs, wake: resolve });
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    },
    async advance(byMs) {
      const untilMs = nowMs + byMs;
      await settleAll();
      for (;;) {
        const next = sleepers.filter(({ dueMs }) => dueMs <= untilMs).toSorted((a, b) => a.dueMs - b.dueMs)[0];
        if (next === undefined) break;
        sleepers = sleepers.filter((sleeper) => sleeper !== next);
        nowMs = next.dueMs;
        next.wake();
        await settleAll();
      }
      nowMs = untilMs;
    },
  };
}
