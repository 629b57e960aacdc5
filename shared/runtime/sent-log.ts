/**
 * Collects ids of published messages and marks them together a moment later, off the way of the minute.
 *
 * What a crash loses here is sent once more by the sweeper and dropped by the receiver's inbox.
 */

import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Database } from '../ports/repositories.ts';

export interface SentLog {
  /** Takes the ids and returns at once. */
  add(messageIds: readonly string[]): Promise<void>;
  /** Writes what is waiting. */
  flush(): Promise<void>;
}

/** Below the shortest sweep interval, so that nothing just sent looks forgotten. */
const GATHER_MS = 50;
/** While the database is away the sweeper covers what is dropped beyond this. */
const WAITING_MAX = 10_000;

export function createSentLog(parts: { database: Database; clock: Clock; logger: Logger }): SentLog {
  const { database, clock, logger } = parts;
  let waiting: string[] = [];
  let gathering: Promise<void> | null = null;

  async function write(): Promise<void> {
    const ids = waiting;
    waiting = [];
    if (ids.length === 0) return;
    try {
      await database.transaction((repositories) => repositories.outbox.markPublished(ids));
    } catch (error) {
      logger.warn({ err: error, ids: ids.length }, 'sent but not marked as sent: the sweeper may send duplicates');
    }
  }

  async function gather(): Promise<void> {
    await clock.sleep(GATHER_MS);
    gathering = null;
    await write();
  }

  return {
    async add(messageIds) {
      if (waiting.length + messageIds.length > WAITING_MAX) return;
      waiting.push(...messageIds);
      gathering ??= gather();
    },
    async flush() {
      await gathering;
      await write();
    },
  };
}
