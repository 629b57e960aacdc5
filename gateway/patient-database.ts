/**
 * A database that waits: while the world keeps it away, a transaction is tried again, since a recorded market loses
 * nothing by waiting. What it writes must be idempotent, because a commit may have held unheard.
 */

import type { Database } from '../shared/ports/repositories.ts';
import type { DatabaseGate } from '../shared/runtime/database-gate.ts';

export function createPatientDatabase(gate: DatabaseGate, signal: AbortSignal): Database {
  return {
    async transaction(work) {
      for (;;) {
        await gate.waitUntilUp(signal);
        try {
          return await gate.database.transaction(work);
        } catch (error) {
          // The gate closes by itself when the database is away; anything else is not healed by waiting.
          if (gate.isUp || signal.aborted) throw error;
        }
      }
    },
    close: () => gate.database.close(),
  };
}
