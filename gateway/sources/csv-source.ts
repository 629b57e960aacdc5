/**
 * Recorded sessions, each read and judged when it is opened: memory does not grow with the number of sessions, and what
 * has been played may be gone. From the first one opened on, a file that cannot be taken is known before its first minute.
 *
 * Throws RunStoppedError where a session cannot be played as it stands by then.
 */

import { barDigests } from '../../shared/adapters/csv/bar-digests.ts';
import { CsvError } from '../../shared/adapters/csv/csv-error.ts';
import { type RecordedSession, SessionFiles } from '../../shared/adapters/csv/session-files.ts';
import { sessionOn } from '../../shared/domain/calendar/calendar.ts';
import type { SessionDate } from '../../shared/domain/calendar/session-date.ts';
import { noUsableBar, sessionFaults } from '../../shared/domain/quality/session-faults.ts';
import { recordedSourceSchema } from '../../shared/runtime/stack-file.ts';
import { RunStoppedError } from '../run-stopped.ts';
import { defineSource } from './define-source.ts';
import { tableSession } from './table-session.ts';

const GO_ON = 'then start again, or begin another run with --new-run';

export const csvSource = defineSource(recordedSourceSchema, ({ barsDir, sessions: dates }, symbols) => {
  const sessions = [...dates].sort((one, other) => one - other);
  let files: SessionFiles | null = null;
  /** The sessions before this one are over: nothing is asked of their rows. */
  function openFiles(first: SessionDate): SessionFiles {
    const opened = new SessionFiles(barsDir, symbols);
    opened.requireRows(sessions.filter((date) => date >= first));
    return opened;
  }
  function read(date: SessionDate): RecordedSession {
    try {
      files ??= openFiles(date);
      return files.read(date);
    } catch (cause) {
      if (!(cause instanceof CsvError)) throw cause;
      throw new RunStoppedError(`session ${date} cannot be read: ${cause.message}`, `${cause.fix}; ${GO_ON}`);
    }
  }
  return {
    nextSession(after) {
      const date = sessions.find((each) => after === null || each > after);
      return date === undefined ? null : sessionOn(date);
    },
    async open({ session, minuteIndex, minutes }) {
      if (!sessions.includes(session.date)) throw missingSession(barsDir, session.date);
      const { table, quarantine } = read(session.date);
      const wrong = noUsableBar(sessionFaults(table, minutes), { symbols, session, minutes });
      if (wrong !== null) throw new RunStoppedError(wrong, `correct the rows in ${barsDir}; ${GO_ON}`);
      return tableSession({ symbols, table, minuteIndex, digests: barDigests(table), quarantine });
    },
  };
});

function missingSession(barsDir: string, session: SessionDate): RunStoppedError {
  return new RunStoppedError(
    `${barsDir} has no bars of session ${session} any more, which this run has begun`,
    'put them back and start again, or begin another run with --new-run',
  );
}
