/**
 * Inbox, outbox and quarantine in memory.
 */

import type {
  InboxRepository,
  OutboxRepository,
  OutboxRow,
  QuarantineEntry,
  QuarantineRepository,
} from '../../ports/repositories.ts';
import type { MemoryOutboxRow, Tables } from './tables.ts';

const BODY_CHARACTERS_MAX = 256 * 1024;

export function inboxRepository({ inbox }: Tables): InboxRepository {
  return {
    async claim(consumer, messageId) {
      const key = `${consumer}/${messageId}`;
      return inbox.insert(key, key);
    },
    has: async (consumer, messageId) => inbox.get(`${consumer}/${messageId}`) !== undefined,
  };
}

export function outboxRepository({ outbox }: Tables, nowMs: () => number): OutboxRepository {
  return {
    async add(writer, causeId, messages) {
      const createdAtMs = nowMs();
      for (const { queue, envelope } of messages) {
        const outboxId = envelope.id;
        // As text it keeps what JSON keeps, no more.
        const stored = JSON.parse(JSON.stringify(envelope)) as typeof envelope;
        outbox.insert(outboxId, {
          outboxId,
          queue,
          envelope: stored,
          writer,
          causeId,
          createdAtMs,
          published: false,
        });
      }
    },
    async causedBy(writer, causeId) {
      return outbox.where((row) => row.writer === writer && row.causeId === causeId).map(outboxRow);
    },
    async markPublished(messageIds) {
      for (const id of messageIds) {
        const row = outbox.get(id);
        if (row !== undefined && !row.published) outbox.put(id, { ...row, published: true });
      }
    },
    async unpublished(writer, olderThanMs, limit) {
      const dueMs = nowMs() - olderThanMs;
      const isDue = (row: MemoryOutboxRow): boolean => !row.published && row.createdAtMs <= dueMs;
      return outbox
        .where((row) => isDue(row) && (writer === null || row.writer === writer))
        .slice(0, limit)
        .map(outboxRow);
    },
  };
}

export function quarantineRepository({ quarantine }: Tables): QuarantineRepository {
  return {
    async add(entries) {
      for (const entry of entries) {
        const body = entry.body.slice(0, BODY_CHARACTERS_MAX).replaceAll('\0', '\uFFFD');
        quarantine.insert(`${entry.source}\0${entry.message?.deliveryId ?? ''}\0${body}`, { ...entry, body });
      }
    },
    async copiesOf(runId, messageIds) {
      const isAsked = ({ message }: QuarantineEntry): boolean =>
        message?.runId === runId && messageIds.includes(message.messageId);
      return quarantine.where(isAsked).map(({ source, reason, field, message }) => ({
        messageId: message!.messageId,
        source,
        reason,
        field,
      }));
    },
  };
}

function outboxRow({ outboxId, queue, envelope }: MemoryOutboxRow): OutboxRow {
  return { outboxId, queue, envelope };
}
