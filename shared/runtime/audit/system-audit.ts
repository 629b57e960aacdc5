/**
 * Writes the system's own chain: entries are taken at once and stored one batch after another, in the order in which
 * they came. An operator's command is not refused because the database is away; its entry waits.
 */

import { type AuditEntry, SYSTEM_CHAIN } from '../../domain/audit/chain.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Database } from '../../ports/repositories.ts';

export interface SystemAuditParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
}

const RETRY_MS = 1_000;
/** Beyond this, entries are lost, and the log says so. */
const WAITING_MAX = 10_000;

interface Batch {
  readonly causeId: string;
  readonly entries: readonly AuditEntry[];
}

export class SystemAudit {
  readonly #parts: SystemAuditParts;
  readonly #startedMs: number;
  #waiting: AuditEntry[] = [];
  /** Tried again under its own name until its commit is known to have held. */
  #batch: Batch | null = null;
  #batches = 0;
  #isDraining = false;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: SystemAuditParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.nowMs();
  }

  record(entry: AuditEntry): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#parts.logger.error({ kind: entry.kind, waiting: WAITING_MAX }, 'an audit entry was lost');
      return;
    }
    this.#waiting.push(entry);
    if (!this.#isDraining) void this.#drain();
  }

  /** Resolves when everything recorded so far is stored; rejects when the database does not take it. */
  flush(): Promise<void> {
    const flushed = this.#last.then(() => this.#writeAll());
    this.#last = flushed.catch(() => undefined);
    return flushed;
  }

  async #drain(): Promise<void> {
    const { clock, logger } = this.#parts;
    this.#isDraining = true;
    while (this.#batch !== null || this.#waiting.length > 0) {
      try {
        await this.flush();
      } catch (error) {
        logger.warn({ err: error, nextTryMs: RETRY_MS }, 'audit entries wait for the database');
        await clock.sleep(RETRY_MS);
      }
    }
    this.#isDraining = false;
  }

  async #writeAll(): Promise<void> {
    for (let batch = this.#next(); batch !== null; batch = this.#next()) {
      const { causeId, entries } = batch;
      await this.#parts.database.transaction(({ audit }) => audit.append({ chain: SYSTEM_CHAIN, causeId, entries }));
      this.#batch = null;
    }
  }

  #next(): Batch | null {
    if (this.#batch === null && this.#waiting.length > 0) {
      this.#batches += 1;
      this.#batch = { causeId: `system/${this.#startedMs}/${this.#batches}`, entries: this.#waiting };
      this.#waiting = [];
    }
    return this.#batch;
  }
}
