/**
 * Runs with their configuration, and the sessions they have opened.
 */

import { isDeepStrictEqual } from 'node:util';
import { LEDGER_VERSION } from '../../../domain/ledger/ledger.ts';
import type { RunConfig } from '../../../domain/run/run-config.ts';
import type { RunRepository, SessionRow } from '../../../ports/repositories/runs.ts';
import { integer } from '../connection/columns.ts';
import { DatabaseError } from '../connection/database-error.ts';
import { bookOf, openBook, refuseTakenOver } from './book-rows.ts';
import { runRecord, type RunRow } from '../report/report-rows.ts';
import type { Transaction } from '../connection/transaction.ts';

export interface SessionDbRow {
  readonly session: number;
  readonly minutes: number;
  readonly open_ms: string;
}

const CREATE = {
  name: 'run-create',
  text: `INSERT INTO runs (run_id, kind, config, ledger_version, book_id, market, broker)
    VALUES ($1, $2, $3, $4, $5, $6, $7)`,
};

export const FIND_RUN = { name: 'run-find', text: 'SELECT kind, config, ledger_version FROM runs WHERE run_id = $1' };

const OPEN_SESSION = {
  name: 'session-open',
  text: `INSERT INTO sessions (run_id, session, minutes, open_ms) VALUES ($1, $2, $3, $4)
    ON CONFLICT (run_id, session) DO NOTHING`,
};

const ADD_FEEDS = {
  name: 'session-feeds-add',
  text: `INSERT INTO session_feeds (run_id, session, symbol, feed)
    SELECT $1, $2, * FROM unnest($3::text[], $4::text[]) ON CONFLICT (run_id, session, symbol) DO NOTHING`,
};

const FEEDS = {
  name: 'session-feeds',
  text: 'SELECT symbol, feed FROM session_feeds WHERE run_id = $1 AND session = $2 ORDER BY symbol',
};

export const SESSIONS_OF_RUN = {
  name: 'sessions-of-run',
  text: 'SELECT session, minutes, open_ms FROM sessions WHERE run_id = $1 ORDER BY session',
};

export function runRepository(transaction: Transaction): RunRepository {
  return {
    async create(config, kind) {
      const [stored] = await transaction.read<RunRow>(FIND_RUN, [config.runId]);
      if (stored !== undefined) {
        const begun = continued(config, kind, stored);
        await refuseTakenOver(transaction, begun);
        return begun;
      }
      const { runId, bookId, market, broker } = config;
      const begun = { ...config, opening: await openBook(transaction, config) };
      transaction.write(CREATE, [runId, kind, canonical(begun), LEDGER_VERSION, bookId, market, broker]);
      return begun;
    },
    async admit(config, kind) {
      const [stored] = await transaction.read<RunRow>(FIND_RUN, [config.runId]);
      if (stored === undefined) return (await bookOf(transaction, config)).left;
      await refuseTakenOver(transaction, continued(config, kind, stored));
      return null;
    },
    async find(runId) {
      const [row] = await transaction.read<RunRow>(FIND_RUN, [runId]);
      return row === undefined ? null : runRecord(row).config;
    },
    async openSession({ runId, session, minutes, openMs }, feeds) {
      transaction.write(OPEN_SESSION, [runId, session, minutes, openMs]);
      transaction.write(ADD_FEEDS, [runId, session, [...feeds.keys()], [...feeds.values()]]);
    },
    async feeds({ runId, session }) {
      const rows = await transaction.read<{ symbol: string; feed: string }>(FEEDS, [runId, session]);
      return new Map(rows.map(({ symbol, feed }) => [symbol, feed]));
    },
    async sessions(runId) {
      const rows = await transaction.read<SessionDbRow>(SESSIONS_OF_RUN, [runId]);
      return rows.map((row) => sessionRow(runId, row));
    },
  };
}

export function sessionRow(runId: string, { session, minutes, open_ms }: SessionDbRow): SessionRow {
  return { runId, session, minutes, openMs: integer(open_ms, 'sessions.open_ms') };
}

/** Throws where the run was begun otherwise; its opening is what it was begun with. */
function continued(config: RunConfig, kind: string, stored: RunRow): RunConfig {
  if (stored.ledger_version !== LEDGER_VERSION) throw otherLedger(config, stored);
  const begun = runRecord(stored).config;
  const same = { ...config, opening: begun.opening };
  const isSame = stored.kind === kind && isDeepStrictEqual(JSON.parse(stored.config), JSON.parse(canonical(same)));
  if (!isSame) throw differentRun(same, kind, stored);
  return begun;
}

/** The same text for the same configuration, in whatever order its fields were set. */
function canonical(config: RunConfig): string {
  return JSON.stringify(Object.fromEntries(Object.entries(config).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/** Its rows stay readable; what would be added to them means something else. */
function otherLedger({ runId }: RunConfig, { ledger_version: version }: RunRow): DatabaseError {
  return new DatabaseError(
    `run ${runId} has a ledger of version ${version} and this program writes ${LEDGER_VERSION}: it can be read, not continued; start with another run id`,
    { code: 'RUN_OF_ANOTHER_LEDGER', retryable: false },
  );
}

function differentRun(config: RunConfig, kind: string, stored: RunRow | undefined): DatabaseError {
  const before = { kind: stored?.kind, ...(JSON.parse(stored?.config ?? '{}') as Record<string, unknown>) };
  const now: Record<string, unknown> = { kind, ...config };
  const differences = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .map((field) => ({
      field,
      was: JSON.stringify((before as Record<string, unknown>)[field]),
      is: JSON.stringify(now[field]),
    }))
    .filter(({ was, is }) => was !== is)
    .map(({ field, was, is }) => `${field} was ${was} and is now ${is}`);
  return new DatabaseError(
    `run ${config.runId} exists with another configuration: ${differences.join(', ')}; start with another run id`,
    { code: 'RUN_DIFFERS', retryable: false },
  );
}
