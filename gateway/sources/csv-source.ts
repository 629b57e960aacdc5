/**
 * Recorded sessions, read at once: a file that cannot be taken is known before the first minute.
 *
 * Throws CsvError where recorded bars cannot be taken.
 */

import { createHash } from 'node:crypto';
import { readBars } from '../../shared/adapters/csv/bars-csv.ts';
import { sessionOn } from '../../shared/domain/calendar/calendar.ts';
import type { BarTable } from '../../shared/domain/market/bar-table.ts';
import { assert } from '../../shared/domain/units/units.ts';
import { recordedSourceSchema } from '../../shared/runtime/stack-file.ts';
import { defineSource } from './define-source.ts';
import { tableSession } from './table-session.ts';

export const csvSource = defineSource(recordedSourceSchema, (config, symbols) => {
  const sessions = [...config.sessions].sort((one, other) => one - other);
  const { tables, quarantine } = readBars(config.barsDir, symbols, sessions);
  return {
    quarantine,
    nextSession(after) {
      const date = sessions.find((each) => after === null || each > after);
      return date === undefined ? null : sessionOn(date);
    },
    async open({ session, minuteIndex }) {
      const table = tables.get(session.date);
      assert(table !== undefined, `session ${session.date} is one of the source's`);
      return tableSession({ symbols, table, minuteIndex, digests: symbols.map((_, s) => contentDigest(table, s)) });
    },
  };
});

/** SHA-256 of the bars of one symbol as they were read. */
function contentDigest(table: BarTable, s: number): string {
  const { status, openE4, highE4, lowE4, closeE4, volume, faults, minutes } = table;
  const hash = createHash('sha256');
  for (const column of [status, openE4, highE4, lowE4, closeE4, volume, faults]) {
    hash.update(Float64Array.from(column.subarray(s * minutes, (s + 1) * minutes), canonical));
  }
  return hash.digest('hex');
}

/** NaN has many bit patterns, of which one is hashed. */
function canonical(value: number): number {
  return Number.isNaN(value) ? Number.NaN : value;
}
