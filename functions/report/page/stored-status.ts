/**
 * The word of a stack that nobody supervises: what the database has is what there is to say.
 */

import type { ReportViews } from '../../../shared/ports/report-views.ts';
import { NothingStoredError, type StackStatus } from '../../../shared/ports/stack-status.ts';

/** Throws NothingStoredError before the first session, and what the database throws. */
export function createStoredStatus(views: Pick<ReportViews, 'sessions' | 'run'>): () => Promise<StackStatus> {
  return async () => {
    const [newest] = await views.sessions(1);
    const record = newest === undefined ? null : await views.run(newest.runId);
    if (newest === undefined || record === null) throw new NothingStoredError();
    return {
      phase: 'running',
      waitingFor: '',
      kind: record.kind,
      startedAtMs: newest.openMs,
      run: record.config,
      source: 'stored minutes',
      pace: { kind: 'realtime' },
      lastSession: null,
      parts: [],
      notices: [],
    };
  };
}
