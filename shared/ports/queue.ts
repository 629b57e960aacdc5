/**
 * Queues as the system needs them: ordered within a group, at least once, one consumer each.
 */

import type { Envelope } from '../contracts/envelope.ts';
import type { QueueName } from '../topology.ts';

/** A message on its way out. `attempt` above 0 resends past the queue's own deduplication. */
export interface OutgoingMessage {
  readonly queue: QueueName;
  readonly envelope: Envelope<unknown>;
}

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly groupId: string;
  readonly receiveCount: number;
}

export interface ReceiveOptions {
  readonly max: number;
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

export interface Queue {
  /** Group = run. Throws QueueError (retryable) when the endpoint does not take the message. */
  send(message: OutgoingMessage, attempt?: number): Promise<void>;
  /** Long-polls up to `waitMs`; an empty list when nothing came. */
  receive(queue: QueueName, options: ReceiveOptions): Promise<ReceivedMessage[]>;
  delete(queue: QueueName, receiptHandle: string): Promise<void>;
  /** Makes a message visible again after `delayMs`. */
  release(queue: QueueName, receiptHandle: string, delayMs: number): Promise<void>;
}
