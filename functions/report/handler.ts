/**
 * Reports: what a session amounts to, computed from what was stored. The close report and its documents build on it.
 */

import type { ReportViews } from '../../shared/ports/report-views.ts';
import { loadSession } from './page/live-page.ts';
import { type SessionSummary, summarize } from './read-models/session-summary.ts';

export interface Report {
  /** Null when there is no such session. */
  sessionSummary(runId: string, session: number): Promise<SessionSummary | null>;
}

export function createReport(deps: { readonly views: ReportViews }): Report {
  return {
    async sessionSummary(runId, session) {
      const loaded = await loadSession(deps.views, runId, session);
      return loaded && summarize(loaded.record, loaded.fold);
    },
  };
}
