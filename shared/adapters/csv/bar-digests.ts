/**
 * Recorded bars named by their content: one digest per symbol of a session, which its rows are stored under.
 */

import { createHash } from 'node:crypto';
import type { BarTable } from '../../domain/market/bar-table.ts';

/** 128 bits: nobody looks for two sessions with one name, and each row carries it. */
const HEX_DIGITS = 32;

/** By symbol, in the order of the table. */
export function barDigests(table: BarTable): string[] {
  return Array.from({ length: table.symbolCount }, (_, s) => `recorded/${contentDigest(table, s)}`);
}

/** Of the bars as they were read, missing minutes included. */
function contentDigest(table: BarTable, s: number): string {
  const { status, openE4, highE4, lowE4, closeE4, volume, faults, minutes } = table;
  const hash = createHash('sha256');
  for (const column of [status, openE4, highE4, lowE4, closeE4, volume, faults]) {
    hash.update(Float64Array.from(column.subarray(s * minutes, (s + 1) * minutes), canonical));
  }
  return hash.digest('hex').slice(0, HEX_DIGITS);
}

/** NaN has many bit patterns, of which one is hashed. */
function canonical(value: number): number {
  return Number.isNaN(value) ? Number.NaN : value;
}
