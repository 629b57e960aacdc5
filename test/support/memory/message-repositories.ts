/**
 * Inbox, folds, outbox and quarantine in memory.
 */

import type {
  FoldRepository,
  InboxRepository,
  OutboxRepository,
  OutboxRow,
  QuarantineRepository,
  QuarantineRow,
} from '../../../shared/ports/repositories/messages.ts';
import { byteOrder, type MemoryOutboxRow, type Tables } from './tables.ts';

const BODY_CHARACTERS_MAX = 256 * 1024;

export function inboxRepository({ inbox }: Tables): InboxRepository {
  return {
    async claim(consumer, messageId) {
      const key = `${consumer}/${messageId}`;
      return inbox.insert(key, key);
    },
    async handled(consumer, messageIds) {
      return new Set(messageIds.filter((messageId) => inbox.get(`${consumer}/${messageId}`) !== undefined));
    },
  };
}

export function foldRepository({ folds }: Tables): FoldRepository {
  return {
    async enter(consumer, runId) {
      const key = `${runId}/${consumer}`;
      const version = folds.get(key) ?? 0;
      folds.put(key, version + 1);
      return version;
    },
  };
}

export function outboxRepository({ outbox, runs, sessions }: Tables, nowMs: () => number): OutboxRepository {
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
    async forgetClosed() {
      for (const { outboxId, envelope, published } of outbox.all()) {
        const { session = 0 } = envelope.data as { session?: number };
        const row = sessions.get(`${envelope.runId}/${session}`);
        const isOver = row !== undefined && row.decidedMinute === row.minutes - 1;
        if (published && (isOver || isTakenOver(runs, envelope.runId))) outbox.delete(outboxId);
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

/** A later run has gone on with its book. */
function isTakenOver(runs: Tables['runs'], runId: string): boolean {
  const bookId = runs.get(runId)?.config.bookId;
  const newest = runs.where(({ config }) => config.bookId === bookId).at(-1);
  return newest !== undefined && newest.config.runId !== runId;
}

export function quarantineRepository({ quarantine }: Tables, nowMs: () => number): QuarantineRepository {
  return {
    async add(entries) {
      for (const entry of entries) {
        const body = entry.body.slice(0, BODY_CHARACTERS_MAX).replaceAll('\0', '\uFFFD');
        const key = `${entry.source}\0${entry.message?.deliveryId ?? ''}\0${body}`;
        quarantine.insert(key, { ...entry, body, id: quarantine.size + 1, parkedAtMs: nowMs(), redrivenAtMs: null });
      }
    },
    async copiesOf(runId, messageIds) {
      const isAsked = ({ message }: QuarantineRow): boolean =>
        message?.runId === runId && messageIds.includes(message.messageId);
      return quarantine.where(isAsked).map(({ id, message, source, reason, field, value, fix }) => {
        return { id, messageId: message!.messageId, source, reason, field, value, fix };
      });
    },
    async list({ ids, waiting = false, max }) {
      const isAsked = (row: QuarantineRow): boolean =>
        (ids === undefined || ids.includes(row.id)) && (!waiting || isWaiting(row));
      return quarantine.where(isAsked).toReversed().slice(0, max);
    },
    async waiting() {
      const bySource = Map.groupBy(quarantine.where(isWaiting), ({ source }) => source);
      return [...bySource].map(([source, rows]) => ({ source, count: rows.length })).toSorted(bySourceName);
    },
    async markRedriven(id) {
      for (const row of quarantine.where((each) => each.id === id)) {
        const key = `${row.source}\0${row.message?.deliveryId ?? ''}\0${row.body}`;
        quarantine.put(key, { ...row, redrivenAtMs: nowMs() });
      }
    },
  };
}

function isWaiting({ message, redrivenAtMs, reason }: QuarantineRow): boolean {
  return message !== undefined && redrivenAtMs === null && reason !== 'late';
}

function bySourceName(a: { source: string }, b: { source: string }): number {
  return byteOrder(a.source, b.source);
}

function outboxRow({ outboxId, queue, envelope }: MemoryOutboxRow): OutboxRow {
  return { outboxId, queue, envelope };
}
