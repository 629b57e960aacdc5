/**
 * A log in the order in which it was stored: by wall time, and within a chain by sequence whatever the clock did.
 */

import { expect, it } from 'vitest';
import { inOrderOfRecording, type RecordedRow } from '../../../../../shared/domain/audit/entry-times.ts';

function row(chain: string, sequence: number, recordedMs: number | null, eventMs = 0): RecordedRow {
  return { chain, sequence, recordedMs, eventMs, kind: 'fill', causeId: '', body: '{}', previousHash: '', hash: '' };
}

function order(...rows: RecordedRow[]): string[] {
  return inOrderOfRecording(rows).map(({ chain, sequence }) => `${chain}${sequence}`);
}

it('does not follow the times that entries tell of, which are of two clocks', () => {
  const market = row('fills', 1, 2_000, Date.UTC(2025, 0, 3));
  const wall = row('system', 1, 1_000, Date.UTC(2026, 10, 29));
  expect(order(market, wall)).toEqual(['system1', 'fills1']);
});

it('keeps the sequence of a chain when the clock was set back, and the rest behind what was stored before', () => {
  expect(order(row('a', 3, 900), row('a', 1, 1_000), row('a', 2, 400), row('b', 1, 950))).toEqual([
    'b1',
    'a1',
    'a2',
    'a3',
  ]);
});

it('puts entries whose time of storing was not kept first, chain by chain', () => {
  expect(order(row('b', 1, null), row('a', 2, null), row('a', 3, 10), row('a', 1, null))).toEqual([
    'a1',
    'a2',
    'b1',
    'a3',
  ]);
});
