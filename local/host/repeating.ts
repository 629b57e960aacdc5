/**
 * One piece of work again and again while the host runs, and once more at its end. A failure is logged and ends nothing.
 */

import type { Clock } from '../../shared/ports/clock.ts';
import type { Logger } from '../../shared/ports/logger.ts';

export interface RepeatingParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Resolves when the work may begin. */
  readonly ready: Promise<unknown>;
}

export interface Repeating {
  /** Works once more, while the database still answers. */
  stop(): Promise<void>;
}

export function repeat(
  { clock, logger, ready }: RepeatingParts,
  { intervalMs, work, onFailure }: { intervalMs: number; work: () => Promise<unknown>; onFailure: string },
): Repeating {
  const stopping = new AbortController();
  const attempt = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error }, onFailure);
    }
  };
  const running = (async () => {
    await ready;
    while (!stopping.signal.aborted) {
      await attempt();
      await clock.sleep(intervalMs, stopping.signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
      await attempt();
    },
  };
}
