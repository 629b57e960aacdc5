/**
 * The two times of an audit entry: the one that it tells of, by the market's clock or the wall's, and the wall time at
 * which it was stored. A replayed or generated day moves the market's clock, so only the second one orders a log.
 */

import type { AuditRow } from './chain.ts';

export type EntryClock = 'market' | 'wall';

export interface RecordedRow extends AuditRow {
  /** Wall time of storing, beside the chain and covered by no hash; null for an entry of an earlier version. */
  readonly recordedMs: number | null;
}

const MARKET_KINDS: ReadonlySet<string> = new Set(['decision', 'rearm', 'order', 'fill', 'order-end']);
const WALL_KINDS: ReadonlySet<string> = new Set(['command', 'access', 'secret', 'export']);

/** Which clock `eventMs` is of; null for a kind that this version does not know. */
export function entryClock({ kind, body }: Pick<AuditRow, 'kind' | 'body'>): EntryClock | null {
  if (WALL_KINDS.has(kind)) return 'wall';
  if (!MARKET_KINDS.has(kind)) return null;
  // A command or pulse before the first session has no minute to be dated by.
  return kind === 'decision' && /"session":0\b/.test(body) ? 'wall' : 'market';
}

/** By the time of storing; within a chain by sequence, whatever a clock that was set back says. */
export function inOrderOfRecording<Row extends RecordedRow>(rows: readonly Row[]): Row[] {
  const newestMs = new Map<string, number>();
  const placed = rows
    .toSorted((a, b) => a.sequence - b.sequence)
    .map((row) => {
      const atMs = Math.max(newestMs.get(row.chain) ?? 0, row.recordedMs ?? 0);
      newestMs.set(row.chain, atMs);
      return { row, atMs };
    });
  return placed
    .sort((a, b) => a.atMs - b.atMs || compare(a.row.chain, b.row.chain) || a.row.sequence - b.row.sequence)
    .map(({ row }) => row);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
