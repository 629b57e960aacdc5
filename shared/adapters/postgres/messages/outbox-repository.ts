/**
 * Messages committed with the work that caused them, until they are known to be sent.
 */

import type { Envelope } from '../../../contracts/envelope.ts';
import type { OutboxRepository, OutboxRow } from '../../../ports/repositories/messages.ts';
import type { QueueName } from '../../../topology.ts';
import type { Transaction } from '../connection/transaction.ts';

interface OutboxDbRow {
  readonly message_id: string;
  readonly queue: QueueName;
  readonly envelope: string;
}

const ADD = {
  name: 'outbox-add',
  text: `INSERT INTO outbox (writer, cause_id, message_id, queue, envelope, run_id, session)
    SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::int[])
    ON CONFLICT (message_id) DO NOTHING`,
};

const CAUSED_BY = {
  name: 'outbox-caused-by',
  text: 'SELECT message_id, queue, envelope FROM outbox WHERE writer = $1 AND cause_id = $2 ORDER BY outbox_id',
};

const MARK_PUBLISHED = {
  name: 'outbox-mark-published',
  text: 'UPDATE outbox SET published_at = now() WHERE message_id = ANY ($1) AND published_at IS NULL',
};

export const FORGET_CLOSED = { name: 'outbox-forget-closed', text: 'SELECT md.forget_sent()' };

const UNPUBLISHED = {
  name: 'outbox-unpublished',
  text: `SELECT message_id, queue, envelope FROM outbox
    WHERE published_at IS NULL AND created_at <= clock_timestamp() - $2::float8 * interval '1 millisecond'
      AND ($1::text IS NULL OR writer = $1)
    ORDER BY outbox_id LIMIT $3`,
};

export function outboxRepository(transaction: Transaction): OutboxRepository {
  return {
    async add(writer, causeId, messages) {
      if (messages.length === 0) return;
      transaction.write(ADD, [
        writer,
        causeId,
        messages.map(({ envelope }) => envelope.id),
        messages.map(({ queue }) => queue),
        messages.map(({ envelope }) => JSON.stringify(envelope)),
        messages.map(({ envelope }) => envelope.runId),
        messages.map(({ envelope }) => sessionOf(envelope)),
      ]);
    },
    async causedBy(writer, causeId) {
      return (await transaction.read<OutboxDbRow>(CAUSED_BY, [writer, causeId])).map(outboxRow);
    },
    async markPublished(messageIds) {
      transaction.write(MARK_PUBLISHED, [messageIds]);
    },
    async forgetClosed() {
      await transaction.read(FORGET_CLOSED, []);
    },
    async unpublished(writer, olderThanMs, limit) {
      return (await transaction.read<OutboxDbRow>(UNPUBLISHED, [writer, olderThanMs, limit])).map(outboxRow);
    },
  };
}

function outboxRow({ message_id, queue, envelope }: OutboxDbRow): OutboxRow {
  // Written by us from an envelope that a schema had passed.
  return { outboxId: message_id, queue, envelope: JSON.parse(envelope) as Envelope<unknown> };
}

/** 0: the message is of no session. */
function sessionOf({ data }: Envelope<unknown>): number {
  const { session = 0 } = (data ?? {}) as { readonly session?: number };
  return session;
}
