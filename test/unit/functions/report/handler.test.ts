/**
 * The summary of a session, for reports: the same numbers as the page's, or null where there is no session.
 */

import { expect, it } from 'vitest';
import { createReport } from '../../../../functions/report/handler.ts';
import { DAY_ONE, FakeReportViews } from '../../../support/page/fake-report-views.ts';
import { FAKE_RUN } from '../../../support/page/fake-session.ts';

it('sums a session up', async () => {
  const views = new FakeReportViews({ minute: 100 });
  const summary = await createReport({ views }).sessionSummary(FAKE_RUN.runId, DAY_ONE.session);
  expect(summary).toMatchObject({ date: '2025-01-02', minutes: 390, minutesDecided: 390, closed: true });
  expect(summary?.money.fills).toBe(views.past.fills.length);
  expect(summary?.money.netPnlUsd).toBeCloseTo(summary!.money.equityUsd - 2_500, 9);
});

it('has no summary of a session that is not stored', async () => {
  const report = createReport({ views: new FakeReportViews({ minute: 100 }) });
  expect(await report.sessionSummary(FAKE_RUN.runId, 20_241_231)).toBeNull();
});
