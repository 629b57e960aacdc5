/**
 * How much of a disk the tables take, and how many sessions they hold.
 */

import type { ClientBase } from 'pg';
import { integer } from '../connection/columns.ts';

export interface StoredSize {
  /** The whole database as the server counts it. */
  readonly databaseBytes: number;
  /**
   * What sessions leave: tables of ours that hold anything, with indexes and whatever they keep out of line. Without the
   * outbox, whose messages go when their session is over.
   */
  readonly tableBytes: number;
  /** Whose last decision the gateway has taken. */
  readonly closedSessions: number;
  /** Of all of them, each by the part of its minutes that is decided: one that is half played takes half of the place. */
  readonly playedSessions: number;
}

const SIZE = `SELECT pg_database_size(current_database()) AS database_bytes,
  (SELECT sum(pg_total_relation_size(c.oid))::int8 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname = 'public' AND c.relname <> 'outbox' AND pg_relation_size(c.oid) > 0) AS table_bytes,
  (SELECT count(*) FROM sessions WHERE decided_minute = minutes - 1) AS closed_sessions,
  (SELECT coalesce(sum((decided_minute + 1)::float8 / minutes), 0) FROM sessions) AS played_sessions`;

interface SizeDbRow {
  readonly database_bytes: string;
  readonly table_bytes: string;
  readonly closed_sessions: string;
  readonly played_sessions: number;
}

/** By the role that can only read. */
export async function storedSize(client: ClientBase): Promise<StoredSize> {
  const { rows } = await client.query<SizeDbRow>(SIZE);
  const { database_bytes, table_bytes, closed_sessions, played_sessions } = rows[0]!;
  return {
    databaseBytes: integer(database_bytes, 'pg_database_size'),
    tableBytes: integer(table_bytes, 'pg_total_relation_size'),
    closedSessions: integer(closed_sessions, 'sessions.decided_minute'),
    playedSessions: played_sessions,
  };
}
