/**
 * Recorded sessions, read at once: a file that cannot be taken is known before the first minute.
 */

import { readBars } from '../../shared/adapters/csv/bars-csv.ts';
import { sessionOn } from '../../shared/domain/calendar/calendar.ts';
import { assert } from '../../shared/domain/units/units.ts';
import type { SourceConfig } from '../../shared/runtime/stack-file.ts';
import type { MarketSource } from './market-source.ts';

export function openCsvSource(
  config: Extract<SourceConfig, { kind: 'csv' }>,
  symbols: readonly string[],
): MarketSource {
  const sessions = [...config.sessions].sort((one, other) => one - other);
  const { tables, quarantine } = readBars(config.barsDir, symbols, sessions);
  return {
    quarantine,
    nextSession(after) {
      const date = sessions.find((each) => after === null || each > after);
      return date === undefined ? null : sessionOn(date);
    },
    table(session) {
      const table = tables.get(session.date);
      assert(table !== undefined, `session ${session.date} is one of the source's`);
      return table;
    },
  };
}
