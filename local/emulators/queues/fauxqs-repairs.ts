/**
 * What fauxqs 2.4.1 gets wrong and a restart or a crash would turn into a lost or stuck message. Each has a test.
 *
 * Power cut: what was acknowledged to a sender is on disk.
 */

import type { FauxqsInternals, QueuePersistence, QueueStore, StoredMessage, StoredQueue } from './fauxqs-internals.ts';

/** A store whose queues keep their promises when the disk refuses a write. */
export function repairedStore({ SqsStore }: FauxqsInternals): QueueStore {
  return new (class extends SqsStore {
    override createQueue(...details: readonly unknown[]): StoredQueue {
      return forgetUnstoredMessages(super.createQueue(...details));
    }
  })();
}

/**
 * Storage that syncs to disk where a promise is made, when a message is taken in, and nowhere else: a delete or a
 * receive that a power cut undoes only means another delivery. As shipped, every step synced, a send twice.
 */
export function repairedPersistence({ PersistenceManager }: FauxqsInternals, dataDir: string): QueuePersistence {
  return new (class extends PersistenceManager {
    readonly #makeReady = this.db.prepare(
      'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
    );
    /** Counters that go to disk with the next message of their queue. */
    readonly #sequences = new Map<string, number>();

    constructor(directory: string) {
      super(directory);
      this.db.exec('PRAGMA synchronous = NORMAL');
    }

    override updateQueueSequenceCounter(queueName: string, counter: number): void {
      this.#sequences.set(queueName, counter);
    }

    override insertMessage(queueName: string, message: StoredMessage): void {
      this.db.exec('PRAGMA synchronous = FULL');
      try {
        this.transaction(() => {
          const counter = this.#sequences.get(queueName);
          if (counter !== undefined) super.updateQueueSequenceCounter(queueName, counter);
          super.insertMessage(queueName, message);
        });
      } finally {
        this.db.exec('PRAGMA synchronous = NORMAL');
      }
    }

    /** As shipped this wrote NULL where the table takes none, and the message vanished until a restart. */
    override updateMessageReady(messageId: string): void {
      this.#makeReady.run(messageId);
    }
  })(dataDir);
}

/**
 * The deduplication id was remembered before the message was stored: after a full disk, the sender's retry was answered
 * that all is well and the message was nowhere.
 */
function forgetUnstoredMessages(queue: StoredQueue): StoredQueue {
  const store = queue.enqueue.bind(queue);
  queue.enqueue = (message) => {
    try {
      store(message);
    } catch (error) {
      if (message.messageDeduplicationId !== undefined) queue.deduplicationCache.delete(message.messageDeduplicationId);
      throw error;
    }
  };
  return queue;
}

/** Nobody holds these any more, so nobody has to wait for their visibility timeout. */
export function releaseInFlight(store: QueueStore, queueNames: readonly string[]): number {
  let released = 0;
  for (const queue of store.allQueues()) {
    if (!queueNames.includes(queue.name)) continue;
    const receiptHandles = Array.from(queue.inflightMessages.keys());
    for (const receiptHandle of receiptHandles) queue.changeVisibility(receiptHandle, 0);
    released += receiptHandles.length;
  }
  return released;
}
