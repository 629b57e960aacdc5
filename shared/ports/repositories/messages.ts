/**
 * Messages of a transaction: which were handled and folded, what is to be sent, what was parked.
 *
 * Written by each consumer: its inbox and outbox rows, its version of a run.
 */

import type { Envelope } from '../../contracts/envelope.ts';
import type { ConsumerName, QueueName } from '../../topology.ts';

export interface InboxRepository {
  /** False when this consumer has committed the message before. */
  claim(consumer: ConsumerName, messageId: string): Promise<boolean>;
  /** Those of the messages that this consumer has committed. */
  handled(consumer: ConsumerName, messageIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface FoldRepository {
  /**
   * Counts one more message of a run into what a consumer has folded, and returns the version before it: 0 at the first.
   * Held until the transaction ends, so two of them never fold one run at once.
   */
  enter(consumer: ConsumerName, runId: string): Promise<number>;
}

export interface OutboxRow {
  readonly outboxId: string;
  readonly queue: QueueName;
  readonly envelope: Envelope<unknown>;
}

export interface OutboxRepository {
  /**
   * Stores messages of `writer` in this transaction, with the id of the message that caused them (empty: none); a
   * message id stored before is left as it was.
   */
  add(
    writer: ConsumerName,
    causeId: string,
    messages: readonly { queue: QueueName; envelope: Envelope<unknown> }[],
  ): Promise<void>;
  /** What `writer` once answered to a message, so that a repeat of it can be answered again. */
  causedBy(writer: ConsumerName, causeId: string): Promise<readonly OutboxRow[]>;
  markPublished(messageIds: readonly string[]): Promise<void>;
  /**
   * Drops what was sent of sessions whose last decision is taken, and of runs whose book another run has taken over: nobody
   * asks for those answers again.
   */
  forgetClosed(): Promise<void>;
  /** Unpublished rows older than `olderThanMs`, oldest first. */
  unpublished(writer: ConsumerName | null, olderThanMs: number, limit: number): Promise<readonly OutboxRow[]>;
}

export interface QuarantineEntry {
  /** Where it came from: a queue, or a file with its line. */
  readonly source: string;
  readonly reason: string;
  readonly field: string;
  readonly value: string;
  readonly fix: string;
  /** The whole thing as it arrived, cut at 256 KiB. */
  readonly body: string;
  /** What is known of a message without its body; absent for the row of a file. */
  readonly message?: ParkedMessage;
}

export interface ParkedMessage {
  /** The group it came in. */
  readonly runId: string;
  /** The id of its envelope, as its sender wrote it beside the body; empty: a message that no part of ours sent. */
  readonly messageId: string;
  /** The queue's own id: a redelivery has the same one, a copy that is sent again has another. */
  readonly deliveryId: string;
}

/** One copy of a message that was parked. */
export interface ParkedCopy {
  readonly id: number;
  readonly messageId: string;
  readonly source: string;
  readonly reason: string;
  readonly field: string;
  readonly value: string;
  readonly fix: string;
}

export interface QuarantineRow extends QuarantineEntry {
  readonly id: number;
  readonly parkedAtMs: number;
  /** When it was last sent back to its queue; null: never. */
  readonly redrivenAtMs: number | null;
}

export interface QuarantineFilter {
  /** Absent: all. */
  readonly ids?: readonly number[];
  /** True: only messages that were not sent back yet, without late copies of decided minutes. */
  readonly waiting?: boolean;
  readonly max: number;
}

export interface QuarantineRepository {
  /** The same delivery, and the same row of a file, is kept once. */
  add(entries: readonly QuarantineEntry[]): Promise<void>;
  /** Parked copies of these messages of a run, oldest first. */
  copiesOf(runId: string, messageIds: readonly string[]): Promise<readonly ParkedCopy[]>;
  /** Newest first. */
  list(filter: QuarantineFilter): Promise<readonly QuarantineRow[]>;
  /** How many messages of each source are waiting in the sense of the filter. */
  waiting(): Promise<readonly { readonly source: string; readonly count: number }[]>;
  markRedriven(id: number): Promise<void>;
}
