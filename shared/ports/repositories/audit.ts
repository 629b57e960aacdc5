/**
 * The audit log: chains of entries, each of one writer.
 */

import type { AuditEntry } from '../../domain/audit/chain.ts';

export interface AuditRepository {
  /**
   * Appends entries to a chain, which has one writer at a time; a second one fails the transaction. A cause gives all
   * its entries at once: where a chain ends with that cause, its commit held although its answer was lost, and nothing
   * is appended again. Empty cause: none.
   */
  append(record: { chain: string; causeId: string; entries: readonly AuditEntry[] }): Promise<void>;
}
