/**
 * Without a supervisor, the newest session in the database is all that is known of a stack.
 */

import { describe, expect, it } from 'vitest';
import { LivePage } from '../../../../../functions/report/page/live-page.ts';
import { createStoredStatus } from '../../../../../functions/report/page/stored-status.ts';
import { FakeReportViews } from '../../../../support/page/fake-report-views.ts';

describe('the status of a stack that nobody supervises', () => {
  it('is that of the run with the newest session', async () => {
    const views = new FakeReportViews({ minute: 30 });
    const [newest] = await views.sessions();
    const status = await createStoredStatus(views)();
    expect(status).toMatchObject({ phase: 'running', kind: 'paper', startedAtMs: newest?.openMs });
    expect(status.run.runId).toBe(newest?.runId);
  });

  it('lets the page say that there is no session yet, and not that the database is away', async () => {
    const views = new FakeReportViews({ minute: 0 });
    const empty = { run: (runId: string) => views.run(runId), sessions: async () => [] };
    const page = new LivePage({ views, status: createStoredStatus(empty), onProblem: () => undefined });
    expect((await page.refresh()).stack).toMatchObject({
      phase: 'waiting',
      message: 'No session has been stored yet. The page keeps asking.',
    });
  });
});
