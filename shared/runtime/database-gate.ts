/**
 * Watches the database from inside the transactions of one host: while it is away, pollers wait here instead of
 * using up the receive counts of good messages.
 */

import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Database } from '../ports/repositories.ts';

export interface DatabaseGate {
  /** The database to hand to handlers: it notices when the world fails. */
  readonly database: Database;
  readonly isUp: boolean;
  /** Resolves at once while the database answers, else when it answers again or the signal aborts. */
  waitUntilUp(signal: AbortSignal): Promise<void>;
  /** Asks for a probe before the next message: something failed and the database may be why. */
  suspect(): void;
}

const PROBE_DELAY_MS = 100;
const PROBE_DELAY_MS_MAX = 2_000;
/** A probe that takes longer counts as no answer. */
const PROBE_TIMEOUT_MS = 2_000;

export function createDatabaseGate(parts: { database: Database; clock: Clock; logger: Logger }): DatabaseGate {
  const { database, clock, logger } = parts;
  let isUp = true;
  let probing: Promise<void> | null = null;

  async function probe(signal: AbortSignal): Promise<void> {
    for (let delayMs = PROBE_DELAY_MS; !isUp && !signal.aborted; delayMs = Math.min(delayMs * 2, PROBE_DELAY_MS_MAX)) {
      if (await answers(database, clock)) {
        isUp = true;
        logger.debug({}, 'the database answers');
        return;
      }
      logger.warn({ nextTryMs: delayMs }, 'the database is away: messages stay in their queues');
      await clock.sleep(delayMs, signal);
    }
  }

  return {
    database: {
      async transaction(work) {
        try {
          return await database.transaction(work);
        } catch (error) {
          if (isDatabaseAway(error)) isUp = false;
          throw error;
        }
      },
      close: () => database.close(),
    },
    get isUp() {
      return isUp;
    },
    suspect() {
      isUp = false;
    },
    async waitUntilUp(signal) {
      // One probe for all pollers; whoever still waits when its owner stopped starts the next.
      while (!isUp && !signal.aborted) {
        probing ??= probe(signal).finally(() => {
          probing = null;
        });
        await probing;
      }
    },
  };
}

async function answers(database: Database, clock: Clock): Promise<boolean> {
  const finished = new AbortController();
  const timeout = clock.sleep(PROBE_TIMEOUT_MS, finished.signal).then(() => false);
  const attempt = database.transaction(async () => true).catch(() => false);
  const answer = await Promise.race([attempt, timeout]);
  finished.abort();
  return answer;
}

/** Adapters mark failures of the world; a wrong statement is not one and would never heal by waiting. */
function isDatabaseAway(error: unknown): boolean {
  return (
    error instanceof Error && error.name === 'DatabaseError' && (error as { retryable?: unknown }).retryable === true
  );
}
