/**
 * What could not be read, with the reason. The same delivery, and the same row of a file, is kept once, however often
 * it comes.
 */

import { createHash } from 'node:crypto';
import type {
  ParkedMessage,
  QuarantineEntry,
  QuarantineRepository,
  QuarantineRow,
} from '../../../ports/repositories/messages.ts';
import { integer } from '../connection/columns.ts';
import type { Transaction } from '../connection/transaction.ts';

const BODY_CHARACTERS_MAX = 256 * 1024;

const ADD = {
  name: 'quarantine-add',
  text: `INSERT INTO quarantine (content_hash, source, reason, field, value, fix, body, run_id, message_id, delivery_id)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
      $8::text[], $9::text[], $10::text[])
    ON CONFLICT (content_hash) DO NOTHING`,
};

const COPIES = {
  name: 'quarantine-copies',
  text: `SELECT id, message_id, source, reason, field, value, fix FROM quarantine
    WHERE run_id = $1 AND message_id = ANY ($2) ORDER BY id`,
};

const WAITING = `delivery_id <> '' AND redriven_at IS NULL AND reason <> 'late'`;

const LIST = {
  name: 'quarantine-list',
  text: `SELECT id, source, reason, field, value, fix, body, run_id, message_id, delivery_id,
      extract(epoch FROM created_at)::float8 * 1000 AS parked_at_ms,
      extract(epoch FROM redriven_at)::float8 * 1000 AS redriven_at_ms
    FROM quarantine WHERE ($1::int8[] IS NULL OR id = ANY ($1)) AND (NOT $2 OR (${WAITING}))
    ORDER BY id DESC LIMIT $3`,
};

const COUNT_WAITING = {
  name: 'quarantine-waiting',
  text: `SELECT source, count(*)::int AS count FROM quarantine WHERE ${WAITING} GROUP BY source ORDER BY source COLLATE "C"`,
};

const MARK = {
  name: 'quarantine-mark',
  text: 'UPDATE quarantine SET redriven_at = now() WHERE id = $1',
};

const FIELDS = ['source', 'reason', 'field', 'value', 'fix', 'body'] as const;
const MESSAGE_FIELDS = ['runId', 'messageId', 'deliveryId'] as const;
const NO_MESSAGE: ParkedMessage = { runId: '', messageId: '', deliveryId: '' };

export function quarantineRepository(transaction: Transaction): QuarantineRepository {
  return {
    async add(entries) {
      if (entries.length === 0) return;
      const storable = entries.map(toStorable);
      const texts = FIELDS.map((field) => storable.map((entry) => entry[field]));
      const messages = entries.map(({ message = NO_MESSAGE }) => message);
      const ids = MESSAGE_FIELDS.map((field) => messages.map((message) => text(message[field])));
      transaction.write(ADD, [storable.map((entry, at) => contentHash(entry, messages[at]!)), ...texts, ...ids]);
    },
    async copiesOf(runId, messageIds) {
      const rows = await transaction.read<CopyDbRow>(COPIES, [runId, messageIds]);
      return rows.map(({ id, message_id: messageId, ...copy }) => {
        return { id: integer(id, 'quarantine.id'), messageId, ...copy };
      });
    },
    async list({ ids = null, waiting = false, max }) {
      return (await transaction.read<ListDbRow>(LIST, [ids, waiting, max])).map(listed);
    },
    waiting: () => transaction.read<{ source: string; count: number }>(COUNT_WAITING, []),
    async markRedriven(id) {
      transaction.write(MARK, [id]);
    },
  };
}

interface CopyDbRow {
  readonly id: string;
  readonly message_id: string;
  readonly source: string;
  readonly reason: string;
  readonly field: string;
  readonly value: string;
  readonly fix: string;
}

interface ListDbRow extends Omit<QuarantineEntry, 'message'> {
  readonly id: string;
  readonly run_id: string;
  readonly message_id: string;
  readonly delivery_id: string;
  readonly parked_at_ms: number;
  readonly redriven_at_ms: number | null;
}

function listed(row: ListDbRow): QuarantineRow {
  const { id, source, reason, field, value, fix, body } = row;
  const { run_id: runId, message_id: messageId, delivery_id: deliveryId } = row;
  return {
    id: integer(id, 'quarantine.id'),
    source,
    reason,
    field,
    value,
    fix,
    body,
    ...(deliveryId === '' ? {} : { message: { runId, messageId, deliveryId } }),
    parkedAtMs: row.parked_at_ms,
    redrivenAtMs: row.redriven_at_ms,
  };
}

function toStorable(entry: QuarantineEntry): QuarantineEntry {
  return {
    source: text(entry.source),
    reason: text(entry.reason),
    field: text(entry.field),
    value: text(entry.value),
    fix: text(entry.fix),
    body: text(entry.body.slice(0, BODY_CHARACTERS_MAX)),
  };
}

/** Postgres text cannot hold NUL, and what is parked here may hold anything. */
function text(value: string): string {
  return value.replaceAll('\0', '\uFFFD');
}

function contentHash({ source, body }: QuarantineEntry, { deliveryId }: ParkedMessage): string {
  const hash = createHash('sha256').update(source).update('\0');
  if (deliveryId !== '') hash.update(deliveryId).update('\0');
  return hash.update(body).digest('hex');
}
