/**
 * Keeps the partitions of the time tables ahead of the clock: once at the start, then daily.
 */

import type { Clock } from '../../shared/ports/clock.ts';
import type { Logger } from '../../shared/ports/logger.ts';

export interface Upkeep {
  stop(): Promise<void>;
}

export interface UpkeepOptions {
  readonly maintain: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DAY_MS = 86_400_000;
/** Rows without a partition of their own go to the default one, so a late upkeep loses nothing. */
const RETRY_MS = 60_000;

export function startUpkeep(options: UpkeepOptions): Upkeep {
  const stopping = new AbortController();
  const running = keepUp(options, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function keepUp({ maintain, clock, logger }: UpkeepOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await maintain();
      await clock.sleep(DAY_MS, signal);
    } catch (error) {
      logger.warn({ err: error, nextTryMs: RETRY_MS }, 'partition upkeep failed');
      await clock.sleep(RETRY_MS, signal);
    }
  }
}
