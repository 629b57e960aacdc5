/**
 * When minutes close: at once, at a multiple of real time, or with the wall clock. Only the gateway asks it.
 */

import type { Clock } from '../shared/ports/clock.ts';
import type { PaceConfig } from '../shared/ports/stack-status.ts';
import { MINUTE_MS } from '../shared/domain/units/units.ts';

/** A person watching wants to see the close before the next open. */
const BETWEEN_SESSIONS_MS = 5_000;

export interface MinuteClock {
  /** Resolves when the next minute closes, or when the signal aborts. A minute that is late is not caught up with. */
  nextClose(signal: AbortSignal): Promise<void>;
  betweenSessions(signal: AbortSignal): Promise<void>;
}

export function createMinuteClock(config: PaceConfig, clock: Clock): MinuteClock {
  if (config.kind === 'max') return { nextClose: async () => undefined, betweenSessions: async () => undefined };
  const intervalMs = MINUTE_MS / (config.kind === 'speed' ? config.factor : 1);
  let lastMs = clock.nowMs();
  return {
    async nextClose(signal) {
      const dueMs = lastMs + intervalMs;
      const nowMs = clock.nowMs();
      if (dueMs > nowMs) await clock.sleep(dueMs - nowMs, signal);
      lastMs = Math.max(dueMs, nowMs);
    },
    async betweenSessions(signal) {
      await clock.sleep(Math.min(BETWEEN_SESSIONS_MS, 5 * intervalMs), signal);
      lastMs = clock.nowMs();
    },
  };
}
