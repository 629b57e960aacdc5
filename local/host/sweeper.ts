/**
 * Sweeps again and again: what was committed and never sent goes out while the host runs.
 */

import type { Clock } from '../../shared/ports/clock.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { Database } from '../../shared/ports/repositories.ts';
import { createSweep } from '../../shared/runtime/sweep.ts';

export interface SweeperOptions {
  readonly database: Database;
  readonly queue: Pick<Queue, 'send'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
}

export interface Sweeper {
  /** One round now; the number of messages sent. */
  sweep(): Promise<number>;
  stop(): Promise<void>;
}

export function startSweeper(options: SweeperOptions): Sweeper {
  const stopping = new AbortController();
  const sweep = createSweep({ ...options, minimumAgeMs: options.intervalMs });
  const running = sweepUntilStopped(sweep, options, stopping.signal);
  return {
    sweep,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function sweepUntilStopped(sweep: Sweeper['sweep'], options: SweeperOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await options.clock.sleep(options.intervalMs, signal);
    if (signal.aborted) return;
    try {
      await sweep();
    } catch (error) {
      options.logger.warn({ err: error }, 'sweeping failed: the next round tries again');
    }
  }
}
