/**
 * Reads the audit log as the role that can only read: whole and in order for verification, heads, and the latest entries.
 */

import type { ClientBase, Pool } from 'pg';
import type { AuditRow } from '../../../domain/audit/chain.ts';
import { inOrderOfRecording, type RecordedRow } from '../../../domain/audit/entry-times.ts';
import type { StatedHead } from '../../../domain/audit/heads.ts';

const BATCH_ROWS = 5_000;
const COLUMNS = 'chain, sequence, kind, event_ms, cause_id, body, previous_hash, hash';

type AuditDbRow = [string, string, string, string, string, string, string, string];

/** From one chain to the next by the key, since a chain may be long. */
const HEADS = `WITH RECURSIVE heads AS (
    (SELECT chain, sequence, hash FROM audit_log ORDER BY chain DESC, sequence DESC LIMIT 1)
    UNION ALL
    SELECT below.* FROM heads h CROSS JOIN LATERAL (SELECT a.chain, a.sequence, a.hash FROM audit_log a
      WHERE a.chain < h.chain ORDER BY a.chain DESC, a.sequence DESC LIMIT 1) AS below)
  SELECT chain, sequence, hash FROM heads ORDER BY chain`;

const RECORDED_MS = 'floor(extract(epoch FROM recorded_at) * 1000)::text';

/** Entries of an earlier version have no time of storing, and are older than those that have. */
const LATEST = `SELECT ${COLUMNS}, ${RECORDED_MS} FROM audit_log
  WHERE $1::text IS NULL OR chain = $1 OR starts_with(chain, $1 || '/')
  ORDER BY recorded_at DESC NULLS LAST, sequence DESC, chain DESC LIMIT $2`;

/** The log behind a pool: each question has a connection for itself. */
export interface AuditReader {
  /** The last entry of every chain. */
  heads(): Promise<StatedHead[]>;
  /** Every row, by chain and sequence. */
  all(): AsyncIterable<AuditRow[]>;
  /** Rows of one chain, behind one of its entries. */
  rowsAfter(place: AuditPlace): AsyncIterable<AuditRow[]>;
}

/** Where reading begins: behind this entry of its chain. */
export interface AuditPlace {
  readonly chain: string;
  readonly sequence: number;
}

export function createAuditReader(pool: Pool): AuditReader {
  return {
    async heads() {
      const { rows } = await pool.query<{ chain: string; sequence: string; hash: string }>(HEADS);
      return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
    },
    all: () => rowsOn(pool, null),
    rowsAfter: (place) => rowsOn(pool, place),
  };
}

async function* rowsOn(pool: Pool, after: AuditPlace | null): AsyncGenerator<AuditRow[]> {
  const client = await pool.connect();
  try {
    yield* auditRows(client, after);
  } finally {
    client.release();
  }
}

/** The name of every chain, in their order. */
export async function auditChains(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ chain: string }>(HEADS);
  return rows.map(({ chain }) => chain);
}

/** The entries stored last, oldest first; of a chain or a run, or of all. */
export async function latestAuditRows(client: ClientBase, of: string | null, limit: number): Promise<RecordedRow[]> {
  const query = { text: LATEST, values: [of, limit], rowMode: 'array' as const };
  const { rows } = await client.query<[...AuditDbRow, string | null]>(query);
  return inOrderOfRecording(rows.map(recordedRow));
}

/**
 * Rows by chain and sequence, as they stand in one moment; with `after`, those of one chain behind it. The next batch
 * is fetched while this one is looked at. Takes the connection for itself.
 */
export async function* auditRows(client: ClientBase, after: AuditPlace | null = null): AsyncGenerator<AuditRow[]> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const [place, values] =
      after === null ? ['', []] : ['WHERE chain = $1 AND sequence > $2', [after.chain, after.sequence]];
    await client.query(
      `DECLARE audit_rows NO SCROLL CURSOR FOR SELECT ${COLUMNS} FROM audit_log ${place} ORDER BY chain, sequence`,
      values,
    );
    let fetching = fetchRows(client);
    for (;;) {
      const rows = await fetching;
      if (rows.length === 0) return;
      fetching = fetchRows(client);
      // Kept handled while the reader is busy with the batch before it, or has stopped reading.
      fetching.catch(() => undefined);
      yield rows.map(auditRow);
    }
  } finally {
    await client.query('ROLLBACK');
  }
}

async function fetchRows(client: ClientBase): Promise<AuditDbRow[]> {
  const query = { text: `FETCH ${BATCH_ROWS} FROM audit_rows`, rowMode: 'array' as const };
  return (await client.query<AuditDbRow>(query)).rows;
}

function recordedRow([chain, sequence, kind, eventMs, causeId, body, previousHash, hash, recordedMs]: [
  ...AuditDbRow,
  string | null,
]): RecordedRow {
  const row = auditRow([chain, sequence, kind, eventMs, causeId, body, previousHash, hash]);
  return { ...row, recordedMs: recordedMs === null ? null : Number(recordedMs) };
}

/** Nothing is refused here: whatever a hand has put into a column, verification has to name it. */
function auditRow([chain, sequence, kind, eventMs, causeId, body, previousHash, hash]: AuditDbRow): AuditRow {
  return { chain, sequence: Number(sequence), kind, eventMs: Number(eventMs), causeId, body, previousHash, hash };
}
