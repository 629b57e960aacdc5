/**
 * Whatever is done to one entry of any chain, verification names it; and a chain that nothing was done to verifies,
 * however its entries were written.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AuditRow,
  type CanonicalValue,
  canonicalJson,
  chainRows,
  EMPTY_CHAIN,
} from '../../../../../shared/domain/audit/chain.ts';
import {
  altered,
  auditEntry,
  CHAIN,
  headAt,
  rehashed,
  renumbered,
  verify,
} from '../../../../support/database/audit-rows.ts';

const texts = fc.string({ unit: 'binary', maxLength: 20 });
const values = fc.letrec<{ value: CanonicalValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    texts,
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(texts, tie('value'), { maxKeys: 4 }),
  ),
})).value;

/** Entries in batches of any size, as transactions write them; no two bodies are equal. */
const chains = fc
  .array(fc.array(values, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 12 })
  .map((batches) => {
    const rows: AuditRow[] = [];
    batches.forEach((batch, b) => {
      const entries = batch.map((value, at) => auditEntry({ body: canonicalJson({ b, at, value }), eventMs: b }));
      rows.push(...chainRows(rows.at(-1) ?? EMPTY_CHAIN, { chain: CHAIN, causeId: `cause/${b}`, entries }));
    });
    return rows;
  });

const chainAndPlace = chains.chain((rows) =>
  fc.record({ rows: fc.constant(rows), sequence: fc.integer({ min: 1, max: rows.length }) }),
);

describe('an audit chain', () => {
  it('verifies as it was written, with a head exported at any entry', () => {
    fc.assert(
      fc.property(chainAndPlace, ({ rows, sequence }) => {
        expect(verify(rows, [headAt(rows, sequence)])).toBeNull();
      }),
    );
  });

  it('names the entry whose text is altered, with its hash made to fit or not', () => {
    fc.assert(
      fc.property(chainAndPlace, texts, fc.boolean(), ({ rows, sequence }, text, isFitted) => {
        const row = { ...rows[sequence - 1]!, body: JSON.stringify({ text }) };
        // The last entry, made to fit, is only known by a head exported since the one before it.
        const heads = rows.map((each) => headAt(rows, each.sequence));
        const finding = verify(altered(rows, sequence, isFitted ? rehashed(row) : row), heads);
        expect(finding).toMatchObject({ problem: 'altered', sequence });
      }),
    );
  });

  it('names the entry that was deleted, whether or not those behind it moved up', () => {
    fc.assert(
      fc.property(chainAndPlace, fc.boolean(), ({ rows, sequence }, movesUp) => {
        const rest = rows.toSpliced(sequence - 1, 1);
        const finding = verify(movesUp ? renumbered(rest) : rest, [headAt(rows, rows.length)]);
        expect(finding).toMatchObject({ problem: 'missing', sequence });
      }),
    );
  });

  it('names the first of two entries that changed places', () => {
    fc.assert(
      fc.property(chainAndPlace, fc.nat(), ({ rows, sequence }, distance) => {
        const other = 1 + ((sequence + (distance % (rows.length - 1))) % rows.length);
        const [a, b] = [rows[sequence - 1]!, rows[other - 1]!];
        const swapped = altered(altered(rows, sequence, { ...b, sequence }), other, { ...a, sequence: other });
        expect(verify(swapped)).toMatchObject({ problem: 'reordered', sequence: Math.min(sequence, other) });
      }),
    );
  });

  it('names an entry that was put in between, however well it was made', () => {
    fc.assert(
      fc.property(chainAndPlace, ({ rows, sequence }) => {
        const previousHash = rows[sequence - 2]?.hash ?? EMPTY_CHAIN.hash;
        const forged = rehashed({ ...rows[sequence - 1]!, body: '{"forged":true}', previousHash });
        const longer = renumbered([...rows.slice(0, sequence - 1), forged, ...rows.slice(sequence - 1)]);
        expect(verify(longer)).toMatchObject({ problem: 'inserted', sequence });
      }),
    );
  });

  it('names the first entry that was cut off its end, once a head was exported', () => {
    fc.assert(
      fc.property(chainAndPlace, ({ rows, sequence }) => {
        const finding = verify(rows.slice(0, sequence - 1), [headAt(rows, rows.length)]);
        expect(finding).toMatchObject({ problem: 'missing', sequence });
      }),
    );
  });
});

describe('canonical JSON', () => {
  it('says the same as JSON, and the same for any order of keys', () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text) as CanonicalValue)).toBe(text);
      }),
    );
    expect(canonicalJson({ b: 1, a: [{ d: 1, c: 2 }] })).toBe('{"a":[{"c":2,"d":1}],"b":1}');
    expect(canonicalJson([Number.POSITIVE_INFINITY, Number.NaN, 0.5])).toBe('[null,null,0.5]');
  });
});
