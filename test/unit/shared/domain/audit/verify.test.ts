/**
 * A chain of ten entries and everything a hand in the database can do to it: the finding names the first entry that is
 * not as it was written.
 */

import { describe, expect, it } from 'vitest';
import type { AuditRow } from '../../../../../shared/domain/audit/chain.ts';
import { ChainVerifier } from '../../../../../shared/domain/audit/verify.ts';
import {
  altered,
  auditEntry,
  CHAIN,
  chainOf,
  headAt,
  rehashed,
  renumbered,
  verify,
} from '../../../../support/database/audit-rows.ts';

const rows = chainOf(10);

/** Entries 5 and 6 with their sequences exchanged. */
const swapped = rows.map((row) =>
  row.sequence === 5 ? { ...rows[5]!, sequence: 5 } : row.sequence === 6 ? { ...rows[4]!, sequence: 6 } : row,
);
const bodiesSwapped = altered(altered(rows, 5, { ...contentOf(6) }), 6, { ...contentOf(5) });
const forged = (previousHash: string, sequence: number): AuditRow =>
  rehashed({ ...auditEntry({ body: '{"forged":1}' }), chain: CHAIN, causeId: '', sequence, previousHash, hash: '' });

function contentOf(sequence: number): Partial<AuditRow> {
  const { kind, eventMs, causeId, body } = rows[sequence - 1]!;
  return { kind, eventMs, causeId, body };
}

function inserted(at: number, row: AuditRow): AuditRow[] {
  return renumbered([...rows.slice(0, at - 1), row, ...rows.slice(at - 1)]);
}

describe('a chain as it was written', () => {
  it('verifies, empty or not, with every head that was exported', () => {
    expect(verify([])).toBeNull();
    expect(verify(rows)).toBeNull();
    expect(
      verify(
        rows,
        [1, 4, 4, 10].map((sequence) => headAt(rows, sequence)),
      ),
    ).toBeNull();
  });

  it('verifies from an entry known to be good', () => {
    const verifier = new ChainVerifier(CHAIN, [], rows[3]);
    for (const row of rows.slice(4)) verifier.add(row);
    expect(verifier.end()).toBeNull();
    expect(verifier.verified).toBe(6);
  });
});

describe('an altered entry', () => {
  it.each<[string, Partial<AuditRow>]>([
    ['body', { body: '{"minuteIndex":50}' }],
    ['kind', { kind: 'command' }],
    ['time', { eventMs: 0 }],
    ['cause', { causeId: 'cause/0' }],
    ['chain', { chain: 'run-2/risk' }],
    ['hash', { hash: rows[7]!.hash }],
    ['previous hash', { previousHash: rows[7]!.hash }],
  ])('is named when its %s is changed', (_field, change) => {
    expect(verify(altered(rows, 5, change))).toMatchObject({ chain: CHAIN, sequence: 5, problem: 'altered' });
    expect(verify(altered(rows, 1, change))).toMatchObject({ sequence: 1, problem: 'altered' });
    expect(verify(altered(rows, 10, change))).toMatchObject({ sequence: 10, problem: 'altered' });
  });

  it('is named although its hash was made to fit', () => {
    const row = rehashed({ ...rows[4]!, body: '{"minuteIndex":50}' });
    expect(verify(altered(rows, 5, row))).toMatchObject({ sequence: 5, problem: 'altered' });
  });

  it('is the first one when several are altered', () => {
    const twice = altered(altered(rows, 8, { body: '{}' }), 3, { body: '{}' });
    expect(verify(twice)).toMatchObject({ sequence: 3, problem: 'altered' });
  });
});

describe('a missing entry', () => {
  it('is named where it stood', () => {
    expect(verify(rows.toSpliced(4, 1))).toMatchObject({ sequence: 5, problem: 'missing', detail: 'it was deleted' });
    expect(verify(rows.slice(1))).toMatchObject({ sequence: 1, problem: 'missing' });
    expect(verify(rows.toSpliced(4, 3))).toMatchObject({
      sequence: 5,
      problem: 'missing',
      detail: expect.stringContaining('entry 8') as string,
    });
  });

  it('is named although those behind it moved up', () => {
    expect(verify(renumbered(rows.toSpliced(4, 1)))).toMatchObject({ sequence: 5, problem: 'missing' });
    expect(verify(renumbered(rows.toSpliced(4, 2)))).toMatchObject({ sequence: 5, problem: 'missing' });
    expect(verify(renumbered(rows.toSpliced(8, 1)))).toMatchObject({ sequence: 9, problem: 'missing' });
  });

  it('is named at the end of the chain when an exported head reaches further', () => {
    const heads = [headAt(rows, 4), headAt(rows, 9)];
    expect(verify(rows.slice(0, 7), heads)).toMatchObject({ sequence: 8, problem: 'missing' });
    expect(verify([], heads)).toMatchObject({ sequence: 1, problem: 'missing' });
    expect(verify(rows.slice(0, 9), heads)).toBeNull();
  });
});

describe('a reordered entry', () => {
  it('is named when rows change places', () => {
    expect(verify(swapped)).toMatchObject({ sequence: 5, problem: 'reordered' });
    const far = altered(altered(rows, 2, { ...rows[8]!, sequence: 2 }), 9, { ...rows[1]!, sequence: 9 });
    expect(verify(far)).toMatchObject({ sequence: 2, problem: 'reordered', detail: 'entry 9 is in its place' });
  });

  it('is named when neighbours exchange what they say', () => {
    expect(verify(bodiesSwapped)).toMatchObject({ sequence: 5, problem: 'reordered' });
  });
});

describe('an inserted entry', () => {
  it('is named when those behind it moved down', () => {
    expect(verify(inserted(5, forged(rows[3]!.hash, 5)))).toMatchObject({ sequence: 5, problem: 'inserted' });
    expect(verify(inserted(1, forged('0'.repeat(64), 1)))).toMatchObject({ sequence: 1, problem: 'inserted' });
  });

  it('is named when its hashes are made up', () => {
    const row = { ...forged('f'.repeat(64), 5), hash: 'e'.repeat(64) };
    expect(verify(inserted(5, row))).toMatchObject({ sequence: 5, problem: 'inserted' });
  });

  it('is named when it shares its sequence with another one', () => {
    expect(verify([...rows.slice(0, 5), forged(rows[4]!.hash, 5), ...rows.slice(5)])).toMatchObject({
      sequence: 5,
      problem: 'inserted',
    });
  });
});

describe('a chain that was recomputed', () => {
  it('differs from the exported heads, which say between which entries', () => {
    const recomputed = chainOf(10).map((row) => (row.sequence < 6 ? row : { ...row, body: '{"minuteIndex":0}' }));
    let previousHash = rows[4]!.hash;
    const whole = recomputed.map((row) => {
      if (row.sequence < 6) return row;
      const next = rehashed({ ...row, previousHash });
      previousHash = next.hash;
      return next;
    });
    expect(verify(whole)).toBeNull();
    expect(verify(whole, [headAt(rows, 4), headAt(rows, 8)])).toMatchObject({ sequence: 5, problem: 'altered' });
    expect(verify(whole, [headAt(rows, 5), headAt(rows, 6)])?.detail).toContain('this entry was rewritten');
  });
});
