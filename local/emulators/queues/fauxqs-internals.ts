/**
 * The parts of fauxqs that its package does not export, with the shape we rely on.
 *
 * Its own start function listens on all interfaces whatever host it is given (2.4.1), so we put the parts together
 * ourselves. The version is pinned; a release with another shape is refused here, at the start, by name.
 */

import type { buildApp } from 'fauxqs';

export interface StoredMessage {
  readonly messageId: string;
  readonly messageGroupId?: string;
  readonly messageDeduplicationId?: string;
  approximateReceiveCount: number;
}

export interface StoredQueue {
  readonly name: string;
  readonly inflightMessages: Map<string, { readonly message: StoredMessage; visibilityDeadline: number }>;
  readonly deduplicationCache: { delete(id: string): void };
  persistence: QueuePersistence;
  enqueue(message: StoredMessage): void;
  changeVisibility(receiptHandle: string, seconds: number): void;
  processTimers(): void;
}

export interface QueueStore {
  persistence: QueuePersistence;
  createQueue(...details: readonly unknown[]): StoredQueue;
  getQueue(url: string): StoredQueue | undefined;
  allQueues(): Iterable<StoredQueue>;
}

export interface QueuePersistence {
  readonly db: {
    exec(sql: string): void;
    prepare(sql: string): { run(...values: readonly (string | number | null)[]): unknown };
  };
  transaction(work: () => void): void;
  loadSqsAndSns(queues: QueueStore, topics: unknown): void;
  updateQueueSequenceCounter(queueName: string, counter: number): void;
  insertMessage(queueName: string, message: StoredMessage): void;
  updateMessageReady(messageId: string): void;
  close(): void;
}

export interface FauxqsInternals {
  readonly buildApp: typeof buildApp;
  readonly SqsStore: new () => QueueStore;
  readonly SnsStore: new () => unknown;
  readonly S3Store: new () => unknown;
  readonly PersistenceManager: new (dataDir: string) => QueuePersistence;
}

const MODULES = {
  buildApp: 'app.js',
  SqsStore: 'sqs/sqsStore.js',
  SnsStore: 'sns/snsStore.js',
  S3Store: 's3/s3Store.js',
  PersistenceManager: 'persistence.js',
} as const;

/** Throws an Error naming the part that this release of fauxqs does not have. */
export async function loadFauxqs(): Promise<FauxqsInternals> {
  const entry = import.meta.resolve('fauxqs');
  const parts = await Promise.all(
    Object.entries(MODULES).map(async ([name, path]) => {
      const module = (await import(new URL(path, entry).href)) as Record<string, unknown>;
      if (typeof module[name] !== 'function')
        throw new Error(`fauxqs has no ${name} in ${path}: install version 2.4.1`);
      return [name, module[name]];
    }),
  );
  return Object.fromEntries(parts) as FauxqsInternals;
}
