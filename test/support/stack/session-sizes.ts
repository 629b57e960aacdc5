/**
 * What each session of a replay adds to the database, seen while it is played: no vacuum, no waiting in between.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { withClient } from '../../../local/database/connect.ts';
import type { Stack } from '../../../local/stack/stack.ts';

const SAMPLE_MS = 20;
/** After the last session: until whatever was committed is known to be sent. */
const SETTLE_MS_MAX = 30_000;

/** Tables with their indexes and what they keep out of line. */
interface StoredBytes {
  readonly rows: number;
  readonly messages: number;
}

interface Sample extends StoredBytes {
  readonly closed: number;
  readonly unsent: number;
}

export interface SizeWatch {
  /** Waits for the relay to be idle; bytes that each session has added, the first one with the tables' first pages. */
  end(): Promise<number[]>;
}

const SIZES = `WITH sizes AS (
    SELECT c.relname, pg_total_relation_size(c.oid) AS bytes FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname IN ('public', 'md'))
  SELECT (SELECT count(*) FROM sessions WHERE decided_minute = minutes - 1)::int AS closed,
    (SELECT count(*) FROM outbox WHERE published_at IS NULL)::int AS unsent,
    (SELECT sum(bytes) FROM sizes WHERE relname <> 'outbox')::float8 AS rows,
    (SELECT bytes FROM sizes WHERE relname = 'outbox')::float8 AS messages`;

/** From the moment the stack is ready. */
export function watchSizes({ file, secrets }: Pick<Stack, 'file' | 'secrets'>): SizeWatch {
  let endedMs: number | null = null;
  const watching = withClient({ port: file.ports.postgres, secrets }, { role: 'reader' }, async (client) => {
    const seen: StoredBytes[] = [];
    for (;;) {
      const isLast = endedMs !== null;
      const sample = await sampleOf(client);
      note(seen, sample);
      if (isLast && sample.unsent === 0) return seen;
      if (endedMs !== null && performance.now() - endedMs > SETTLE_MS_MAX) throw new Error(`${sample.unsent} unsent`);
      await pause(SAMPLE_MS);
    }
  });
  // Reported by `end`.
  watching.catch(() => undefined);
  return {
    async end() {
      endedMs = performance.now();
      const totals = (await watching).map(({ rows, messages }) => rows + messages);
      return totals.slice(1).map((bytes, at) => bytes - totals[at]!);
    },
  };
}

export async function sampleOf(client: Client): Promise<Sample> {
  const { rows } = await client.query<Sample>(SIZES);
  return rows[0]!;
}

/**
 * Rows as they were when the session closed. Its messages go a moment later, while the next one's come: their least is what
 * it left.
 */
function note(seen: StoredBytes[], { closed, rows, messages }: Sample): void {
  const before = seen[closed];
  seen[closed] =
    before === undefined ? { rows, messages } : { ...before, messages: Math.min(before.messages, messages) };
}
