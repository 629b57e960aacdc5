/**
 * Which messages each consumer has committed: a row is a digest of both names, since nothing else is asked of it.
 */

import type { InboxRepository } from '../../../ports/repositories/messages.ts';
import type { Transaction } from '../connection/transaction.ts';

const CLAIM = {
  name: 'inbox-claim',
  text: 'INSERT INTO inbox (message_key) VALUES (md.inbox_key($1, $2)) ON CONFLICT DO NOTHING RETURNING 1',
};

const HANDLED = {
  name: 'inbox-handled',
  text: `SELECT message_id FROM unnest($2::text[]) AS asked(message_id)
    JOIN inbox ON inbox.message_key = md.inbox_key($1, message_id)`,
};

export function inboxRepository(transaction: Transaction): InboxRepository {
  return {
    async claim(consumer, messageId) {
      // Waits for a transaction that claims the same message, and follows its outcome.
      const rows = await transaction.read(CLAIM, [consumer, messageId]);
      return rows.length === 1;
    },
    async handled(consumer, messageIds) {
      if (messageIds.length === 0) return new Set();
      const rows = await transaction.read<{ message_id: string }>(HANDLED, [consumer, messageIds]);
      return new Set(rows.map((row) => row.message_id));
    },
  };
}
