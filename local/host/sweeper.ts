/**
 * Sends what was committed and never sent: the crash between commit and publish, and every refused send.
 *
 * A resend carries another deduplication id, since the queue may have dropped what it once acknowledged; the
 * receiver's inbox recognises the message if it did not.
 */

import type { Clock } from '../../shared/ports/clock.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { Database, OutboxRow } from '../../shared/ports/repositories.ts';

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

const ROWS_MAX = 100;
/** Attempts are remembered for this many messages; a forgotten one starts again at 1. */
const ATTEMPTS_KEPT_MAX = 10_000;

export function startSweeper(options: SweeperOptions): Sweeper {
  const stopping = new AbortController();
  const sweep = createSweep(options);
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

/**
 * Sends what has waited for at least one interval, so that it does not overtake a publish under way.
 *
 * @internal Exported for its tests.
 */
export function createSweep({ database, queue, logger, intervalMs }: Omit<SweeperOptions, 'clock'>) {
  const attempts = new Map<string, number>();

  /** Ids of what was sent. An endpoint that is away ends the round; a message it refuses does not. */
  async function sendAll(rows: readonly OutboxRow[]): Promise<string[]> {
    const sent: string[] = [];
    for (const row of rows) {
      const attempt = (attempts.get(row.outboxId) ?? 0) + 1;
      rememberAttempt(attempts, row.outboxId, attempt);
      try {
        await queue.send(row, attempt);
        sent.push(row.outboxId);
      } catch (error) {
        logger.warn({ err: error, messageId: row.outboxId, attempt }, 'resending failed');
        if ((error as { retryable?: unknown }).retryable !== false) break;
      }
    }
    return sent;
  }

  return async function sweep(): Promise<number> {
    const rows = await database.transaction(({ outbox }) => outbox.unpublished(null, intervalMs, ROWS_MAX));
    if (rows.length === 0) return 0;
    const sent = await sendAll(rows);
    if (sent.length > 0) await database.transaction(({ outbox }) => outbox.markPublished(sent));
    for (const id of sent) attempts.delete(id);
    logger.info({ found: rows.length, sent: sent.length }, 'sent messages that were committed and not published');
    return sent.length;
  };
}

function rememberAttempt(attempts: Map<string, number>, outboxId: string, attempt: number): void {
  if (attempts.size >= ATTEMPTS_KEPT_MAX) attempts.clear();
  attempts.set(outboxId, attempt);
}
