/**
 * The browser's state is the server's, however its changes were cut into messages.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { merged } from '../../../../../../functions/report/page/static/store.js';
import { LivePage } from '../../../../../../functions/report/page/live-page.ts';
import type { PageState } from '../../../../../../shared/read-models/page-state.ts';
import { StreamHub } from '../../../../../../functions/report/page/stream-hub.ts';
import { FakeReportViews, fakeStatus } from '../../../../../support/page/fake-report-views.ts';
import { stepClock } from '../../../../../support/core/step-clock.ts';

describe('merged', () => {
  it('knows nothing before the first full message', () => {
    expect(merged(null, { type: 'page', full: false, serverNowMs: 0, sections: {} })).toBeNull();
  });

  it('gives the state of the server after any steps, some of them not taken', async () => {
    const step = fc.record({ by: fc.integer({ min: 0, max: 60 }), takes: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const views = new FakeReportViews({ minute: 0 });
        const clock = stepClock();
        const page = new LivePage({ views, status: async () => fakeStatus(), onProblem: () => undefined });
        const reader = new StreamHub(page, clock).open();
        let state: PageState | null = null;
        for (const { by, takes } of [...steps, { by: 1, takes: true }]) {
          views.minute = Math.min(389, views.minute + by);
          await clock.advance(5_000);
          const message = takes ? await reader.next() : null;
          if (message !== null) state = merged(state, message);
        }
        reader.close();
        expect(state).toEqual(await page.refresh());
      }),
      { numRuns: 15 },
    );
  });
});
