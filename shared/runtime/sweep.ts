/**
 * Sends what was committed and never sent: the crash between commit and publish, and every refused send.
 *
 * A resend carries another deduplication id, since the queue may have dropped what it once acknowledged; the
 * receiver's inbox recognises the message if it did not.
 */

import type { Logger } from '../ports/logger.ts';
import type { Queue } from '../ports/queue.ts';
import type { OutboxRow } from '../ports/repositories/messages.ts';
import type { Database } from '../ports/repositories.ts';

export interface SweepOptions {
  readonly database: Database;
  readonly queue: Pick<Queue, 'send'>;
  readonly logger: Logger;
  readonly minimumAgeMs: number;
}

const ROWS_MAX = 100;
/** Attempts are remembered for this many messages; a forgotten one starts again at 1. */
const ATTEMPTS_KEPT_MAX = 10_000;

/**
 * One round: sends what has waited long enough not to overtake a publish under way; the number of messages sent.
 */
export function createSweep({ database, queue, logger, minimumAgeMs }: SweepOptions): () => Promise<number> {
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
    const rows = await database.transaction(({ outbox }) => outbox.unpublished(null, minimumAgeMs, ROWS_MAX));
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
