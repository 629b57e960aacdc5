/**
 * A queue that only records what it was sent, and can be made to fail; for tests of senders.
 */

import type { OutgoingMessage, Queue } from '../../../shared/ports/queue.ts';

export interface SentMessage extends OutgoingMessage {
  readonly attempt: number;
}

export interface MemoryQueue {
  send: Queue['send'];
  readonly sent: readonly SentMessage[];
  /** Every send throws this until it is null again. */
  failure: Error | null;
}

export function createMemoryQueue(): MemoryQueue {
  const sent: SentMessage[] = [];
  return {
    sent,
    failure: null,
    async send(message, attempt = 0) {
      if (this.failure !== null) throw this.failure;
      sent.push({ ...message, attempt });
    },
  };
}
