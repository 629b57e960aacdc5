/**
 * Recorded sessions, read at once: a file that cannot be taken is known before the first minute.
 *
 * Throws CsvError where recorded bars cannot be taken.
 */

import { barDigests } from '../../shared/adapters/csv/bar-digests.ts';
import { readBars } from '../../shared/adapters/csv/bars-csv.ts';
import { sessionOn } from '../../shared/domain/calendar/calendar.ts';
import { recordedSourceSchema } from '../../shared/runtime/stack-file.ts';
import { RunStoppedError } from '../run-stopped.ts';
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
      if (table === undefined) throw missingSession(config.barsDir, session.date);
      return tableSession({ symbols, table, minuteIndex, digests: barDigests(table) });
    },
  };
});

function missingSession(barsDir: string, session: number): RunStoppedError {
  return new RunStoppedError(
    `${barsDir} has no bars of session ${session} any more, which this run has begun`,
    'put them back and start again, or begin another run with --new-run',
  );
}
