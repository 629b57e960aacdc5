/**
 * What could not be read, with the reason. The same thing from the same source is kept once, however often it comes.
 */

import { createHash } from 'node:crypto';
import type { QuarantineEntry, QuarantineRepository } from '../../ports/repositories.ts';
import type { Transaction } from './transaction.ts';

const BODY_CHARACTERS_MAX = 256 * 1024;

const ADD = {
  name: 'quarantine-add',
  text: `INSERT INTO quarantine (content_hash, source, reason, field, value, fix, body)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    ON CONFLICT (content_hash) DO NOTHING`,
};

const FIELDS = ['source', 'reason', 'field', 'value', 'fix', 'body'] as const;

export function quarantineRepository(transaction: Transaction): QuarantineRepository {
  return {
    async add(entries) {
      if (entries.length === 0) return;
      const storable = entries.map(toStorable);
      const texts = FIELDS.map((field) => storable.map((entry) => entry[field]));
      transaction.write(ADD, [storable.map(contentHash), ...texts]);
    },
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

function contentHash({ source, body }: QuarantineEntry): string {
  return createHash('sha256').update(source).update('\0').update(body).digest('hex');
}
