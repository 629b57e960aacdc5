/**
 * The Database port in memory: every repository with the semantics of the Postgres one, real rollback, and a world
 * that fails on request. For tests and for measurements without a server.
 */

import type { QuarantineEntry } from '../../../shared/ports/repositories/messages.ts';
import type { Database, Repositories } from '../../../shared/ports/repositories.ts';
import { auditRepository } from './audit-repository.ts';
import { barRepository, dailyBarRepository } from './bar-repositories.ts';
import { volumeRepository } from './volume-repository.ts';
import { executionRepository } from './execution-repository.ts';
import { foldRepository, inboxRepository, outboxRepository, quarantineRepository } from './message-repositories.ts';
import { accountRepository, decisionRepository, runRepository } from './run-repositories.ts';
import { commitTables, emptyTables, forkTables, type MemoryOutboxRow, type Tables } from './tables.ts';

/** Before the work, instead of the commit, or after a commit that nobody heard of. */
export type FailureAt = 'begin' | 'commit' | 'committed';

export interface MemoryDatabase extends Database {
  /** Everything committed. */
  readonly tables: Tables;
  readonly inbox: ReadonlySet<string>;
  readonly outbox: readonly MemoryOutboxRow[];
  readonly quarantine: readonly QuarantineEntry[];
  /** The next transaction throws this. */
  failNext(error: Error, at?: FailureAt): void;
  /** While set, every transaction throws it. */
  outage: Error | null;
  /** Transactions that an outage refused. */
  readonly refused: number;
}

export function createMemoryDatabase({ nowMs = () => 0 }: { readonly nowMs?: () => number } = {}): MemoryDatabase {
  const tables = emptyTables();
  let outage: Error | null = null;
  let refused = 0;
  let failure: { error: Error; at: FailureAt } | null = null;
  // Transactions run one after another, as serialisable ones would appear to.
  let last: Promise<unknown> = Promise.resolve();

  const throwIfDue = (at: FailureAt): void => {
    if (failure?.at !== at) return;
    const { error } = failure;
    failure = null;
    throw error;
  };

  async function run<Result>(work: (repositories: Repositories) => Promise<Result>): Promise<Result> {
    if (outage !== null) {
      refused += 1;
      throw outage;
    }
    throwIfDue('begin');
    const draft = forkTables(tables);
    const result = await work(repositoriesOn(draft, nowMs));
    throwIfDue('commit');
    commitTables(draft);
    throwIfDue('committed');
    return result;
  }

  return {
    tables,
    get inbox() {
      return new Set(tables.inbox.all());
    },
    get outbox() {
      return tables.outbox.all();
    },
    get quarantine() {
      return tables.quarantine.all();
    },
    get outage() {
      return outage;
    },
    set outage(error) {
      outage = error;
    },
    get refused() {
      return refused;
    },
    failNext(error, at = 'begin') {
      failure = { error, at };
    },
    transaction(work) {
      const result = last.then(() => run(work));
      last = result.catch(() => undefined);
      return result;
    },
    close: () => Promise.resolve(),
  };
}

function repositoriesOn(tables: Tables, nowMs: () => number): Repositories {
  return {
    inbox: inboxRepository(tables),
    folds: foldRepository(tables),
    outbox: outboxRepository(tables, nowMs),
    quarantine: quarantineRepository(tables, nowMs),
    runs: runRepository(tables),
    bars: barRepository(tables),
    volumes: volumeRepository(tables),
    dailyBars: dailyBarRepository(tables),
    decisions: decisionRepository(tables),
    accounts: accountRepository(tables),
    execution: executionRepository(tables),
    audit: auditRepository(tables),
  };
}
