/**
 * Chains of audit entries for tests, and what a hand in the database would do to them.
 */

import {
  type AuditEntry,
  type AuditRow,
  chainRows,
  EMPTY_CHAIN,
  entryHash,
} from '../../../shared/domain/audit/chain.ts';
import { type ChainFinding, ChainVerifier, type ExportedHead } from '../../../shared/domain/audit/verify.ts';

export const CHAIN = 'run-1/risk';

export function auditEntry(overrides: Partial<AuditEntry> = {}): AuditEntry {
  return { kind: 'decision', eventMs: 1_735_914_600_000, body: '{"state":"ACTIVE"}', ...overrides };
}

/** Entries that differ, each with a cause of its own. */
export function chainOf(length: number, chain = CHAIN): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let at = 1; at <= length; at++) {
    const entries = [auditEntry({ body: `{"minuteIndex":${at}}` })];
    rows.push(...chainRows(rows.at(-1) ?? EMPTY_CHAIN, { chain, causeId: `cause/${at}`, entries }));
  }
  return rows;
}

export function verify(rows: readonly AuditRow[], heads: readonly ExportedHead[] = []): ChainFinding | null {
  const verifier = new ChainVerifier(CHAIN, heads);
  for (const row of rows) verifier.add(row);
  return verifier.end();
}

export function headAt(rows: readonly AuditRow[], sequence: number): ExportedHead {
  return { sequence, hash: rows[sequence - 1]!.hash, exported: `when entry ${sequence} was the last` };
}

/** The row at `sequence`, with something about it changed; its hashes stay as they are. */
export function altered(rows: readonly AuditRow[], sequence: number, change: Partial<AuditRow>): AuditRow[] {
  return rows.map((row) => (row.sequence === sequence ? { ...row, ...change } : row));
}

/** With a hash that fits what the row says. */
export function rehashed(row: AuditRow): AuditRow {
  return { ...row, hash: entryHash(row) };
}

export function renumbered(rows: readonly AuditRow[]): AuditRow[] {
  return rows.map((row, at) => ({ ...row, sequence: at + 1 }));
}

/** Of a log into which no journal was shipped. */
export const NO_JOURNAL = () => Promise.resolve(null);
