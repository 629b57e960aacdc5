/**
 * What the queue emulator gets wrong upstream, and that our repairs still apply to its version.
 */

import { describe, expect, it } from 'vitest';
import {
  loadFauxqs,
  type QueuePersistence,
  type StoredQueue,
} from '../../../../../local/emulators/queues/fauxqs-internals.ts';
import { repairedStore } from '../../../../../local/emulators/queues/fauxqs-repairs.ts';

interface Deduplicating extends StoredQueue {
  recordDeduplication(id: string, messageId: string, sequenceNumber: string): void;
  checkDeduplication(id: string): { isDuplicate: boolean };
}

const FULL_DISK = {
  insertMessage() {
    throw new Error('database or disk is full');
  },
} as Partial<QueuePersistence> as QueuePersistence;

describe('a queue on a full disk', () => {
  it('does not remember a message it could not store, so that the retry of its sender is stored', async () => {
    const store = repairedStore(await loadFauxqs());
    const url = 'http://127.0.0.1/000000000000/minutes.fifo';
    const arn = 'arn:aws:sqs:us-east-1:000000000000:minutes.fifo';
    const queue = store.createQueue('minutes.fifo', url, arn, { FifoQueue: 'true' }) as Deduplicating;
    queue.persistence = FULL_DISK;
    const message = {
      messageId: 'm',
      messageGroupId: 'run-1',
      messageDeduplicationId: 'd',
      approximateReceiveCount: 0,
    };
    queue.recordDeduplication('d', 'm', '1');
    expect(() => queue.enqueue(message)).toThrow('disk is full');
    expect(queue.checkDeduplication('d')).toEqual({ isDuplicate: false });
  });
});
