/**
 * Inbox, outbox and quarantine in memory with real rollback, for tests of what stands around a handler.
 *
 * The other repositories throw when touched: give the ones a test needs.
 */

import type { Database, OutboxRow, QuarantineEntry, Repositories } from '../../ports/repositories.ts';
import type { ConsumerName } from '../../topology.ts';

export interface MemoryOutboxRow extends OutboxRow {
  readonly writer: ConsumerName;
  readonly causeId: string;
  readonly createdAtMs: number;
  published: boolean;
}

export interface MemoryDatabase extends Database {
  readonly inbox: ReadonlySet<string>;
  readonly outbox: readonly MemoryOutboxRow[];
  readonly quarantine: readonly QuarantineEntry[];
  /** The next transaction throws this instead of committing; `at` says before or after the work. */
  failNext(error: Error, at?: 'begin' | 'commit'): void;
  /** While set, every transaction throws it. */
  outage: Error | null;
  /** Transactions that an outage refused. */
  readonly refused: number;
}

interface State {
  inbox: Set<string>;
  outbox: MemoryOutboxRow[];
  quarantine: QuarantineEntry[];
}

export interface MemoryDatabaseOptions {
  readonly nowMs?: () => number;
  /** Further repositories that the handlers under test use. */
  readonly repositories?: Partial<Repositories>;
}

export function createMemoryDatabase(options: MemoryDatabaseOptions = {}): MemoryDatabase {
  const nowMs = options.nowMs ?? (() => 0);
  let state: State = { inbox: new Set(), outbox: [], quarantine: [] };
  let outage: Error | null = null;
  let refused = 0;
  let failure: { error: Error; at: 'begin' | 'commit' } | null = null;
  // Transactions run one after another, as serialisable ones would appear to.
  let last: Promise<unknown> = Promise.resolve();

  const throwIfDue = (at: 'begin' | 'commit'): void => {
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
    const draft = copyOf(state);
    const result = await work(repositoriesOn(draft, nowMs, options.repositories));
    throwIfDue('commit');
    state = draft;
    return result;
  }

  return {
    get inbox() {
      return state.inbox;
    },
    get outbox() {
      return state.outbox;
    },
    get quarantine() {
      return state.quarantine;
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

function copyOf(state: State): State {
  return {
    inbox: new Set(state.inbox),
    outbox: state.outbox.map((row) => ({ ...row })),
    quarantine: [...state.quarantine],
  };
}

function repositoriesOn(state: State, nowMs: () => number, others: Partial<Repositories> = {}): Repositories {
  const own = {
    inbox: {
      async claim(consumer: ConsumerName, messageId: string) {
        const key = `${consumer}/${messageId}`;
        if (state.inbox.has(key)) return false;
        state.inbox.add(key);
        return true;
      },
    },
    outbox: outboxOn(state, nowMs),
    quarantine: {
      async add(entries: readonly QuarantineEntry[]) {
        state.quarantine.push(...entries);
      },
    },
  };
  return new Proxy({ ...others, ...own } as Repositories, { get: readRepository });
}

function outboxOn(state: State, nowMs: () => number): Repositories['outbox'] {
  return {
    async add(writer, causeId, messages) {
      const known = new Set(state.outbox.map((row) => row.outboxId));
      const fresh = messages.filter(({ envelope }) => !known.has(envelope.id));
      const createdAtMs = nowMs();
      state.outbox.push(
        ...fresh.map((message) => ({
          ...message,
          outboxId: message.envelope.id,
          writer,
          causeId,
          createdAtMs,
          published: false,
        })),
      );
    },
    async causedBy(writer, causeId) {
      return state.outbox.filter((row) => row.writer === writer && row.causeId === causeId);
    },
    async markPublished(messageIds) {
      for (const row of state.outbox) if (messageIds.includes(row.outboxId)) row.published = true;
    },
    async unpublished(writer, olderThanMs, limit) {
      const dueMs = nowMs() - olderThanMs;
      return state.outbox
        .filter((row) => !row.published && row.createdAtMs <= dueMs && (writer === null || row.writer === writer))
        .slice(0, limit);
    },
  };
}

function readRepository(repositories: Repositories, name: string | symbol): unknown {
  const repository = repositories[name as keyof Repositories];
  if (repository === undefined) throw new Error(`this memory database has no repository '${String(name)}'`);
  return repository;
}
