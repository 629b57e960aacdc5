/**
 * Recorded sessions, each read when it is opened: a file that cannot be taken is known before the first minute, and
 * memory does not grow with the number of sessions.
 *
 * Throws CsvError where the files cannot be taken, RunStoppedError where that is so by the time a session is opened.
 */

import { barDigests } from '../../shared/adapters/csv/bar-digests.ts';
import { CsvError } from '../../shared/adapters/csv/csv-error.ts';
import { type RecordedSession, SessionFiles } from '../../shared/adapters/csv/session-files.ts';
import { sessionOn } from '../../shared/domain/calendar/calendar.ts';
import type { SessionDate } from '../../shared/domain/calendar/session-date.ts';
import { recordedSourceSchema } from '../../shared/runtime/stack-file.ts';
import { RunStoppedError } from '../run-stopped.ts';
import { defineSource } from './define-source.ts';
import { tableSession } from './table-session.ts';

export const csvSource = defineSource(recordedSourceSchema, (config, symbols) => {
  const sessions = [...config.sessions].sort((one, other) => one - other);
  const files = new SessionFiles(config.barsDir, symbols);
  files.requireRows(sessions);
  return {
    nextSession(after) {
      const date = sessions.find((each) => after === null || each > after);
      return date === undefined ? null : sessionOn(date);
    },
    async open({ session, minuteIndex }) {
      if (!sessions.includes(session.date)) throw missingSession(config.barsDir, session.date);
      const { table, quarantine } = readSession(files, session.date);
      return tableSession({ symbols, table, minuteIndex, digests: barDigests(table), quarantine });
    },
  };
});

/** What can be read at the start may be edited or gone when its turn comes. */
function readSession(files: SessionFiles, session: SessionDate): RecordedSession {
  try {
    return files.read(session);
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const fix = `${cause.fix}; then start again, or begin another run with --new-run`;
    throw new RunStoppedError(`session ${session} cannot be read any more: ${cause.message}`, fix);
  }
}

function missingSession(barsDir: string, session: SessionDate): RunStoppedError {
  return new RunStoppedError(
    `${barsDir} has no bars of session ${session} any more, which this run has begun`,
    'put them back and start again, or begin another run with --new-run',
  );
}
