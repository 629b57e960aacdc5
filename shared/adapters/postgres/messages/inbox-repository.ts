/**
 * Which messages each consumer has committed.
 */

import type { InboxRepository } from '../../../ports/repositories/messages.ts';
import type { Transaction } from '../connection/transaction.ts';

const CLAIM = {
  name: 'inbox-claim',
  text: 'INSERT INTO inbox (consumer, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1',
};

const HANDLED = {
  name: 'inbox-handled',
  text: 'SELECT message_id FROM inbox WHERE consumer = $1 AND message_id = ANY ($2)',
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
