/**
 * The live page over a real Postgres: the same state from one reading as from many, and a server that is killed.
 */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { LivePage } from '../../../../../functions/report/page/live-page.ts';
import { createReportViews } from '../../../../../shared/adapters/postgres/report/report-views.ts';
import type { ReportViews } from '../../../../../shared/ports/report-views.ts';
import { DAY_TWO, fakeStatus } from '../../../../support/page/fake-report-views.ts';
import { startTestPostgres, type TestPostgres } from '../../../../support/database/postgres.ts';
import { runConfig } from '../../../../support/core/core.ts';
import { accountRow, barRow, decision, equityRow, fill, order } from '../../../../support/database/trading-rows.ts';
import { feeds } from '../../../../support/database/feeds.ts';

const { runId } = runConfig();
const { session, openMs } = DAY_TWO;
const MINUTE_MS = 60_000;

let postgres: TestPostgres;
let views: ReportViews;
beforeAll(async () => {
  postgres = await startTestPostgres();
  const pool = postgres.pool('reader');
  // The page's own pool has such a listener as well: a lost connection is reported by the next query.
  pool.on('error', () => undefined);
  views = createReportViews(pool);
  await postgres.database.transaction(async ({ runs }) => {
    await runs.create(runConfig(), 'paper');
    await runs.openSession({ runId, session, minutes: 390, openMs }, feeds());
  });
});
afterAll(() => postgres.stop());

function pageOf(): LivePage {
  const status = fakeStatus({ run: runConfig() });
  return new LivePage({ views, status: async () => status, onProblem: () => undefined });
}

/** A minute as the stages store it: the fill with the bar, then decision, account and equity together. */
async function playMinute(minuteIndex: number): Promise<void> {
  const eventMs = openMs + (minuteIndex + 1) * MINUTE_MS;
  const orderRef = `20250103-${String(minuteIndex).padStart(3, '0')}-AAPL-N`;
  await postgres.database.transaction(async ({ bars, decisions, accounts, execution }) => {
    await bars.add(feeds(), [
      barRow({ openMs: eventMs - MINUTE_MS }),
      barRow({ openMs: eventMs - MINUTE_MS, symbol: 'MSFT' }),
    ]);
    const { side, quantity } =
      minuteIndex % 2 === 0 ? ({ side: 'BUY', quantity: 4 } as const) : ({ side: 'SELL', quantity: 4 } as const);
    await execution.addFills(runId, [
      fill({ fillId: `${orderRef}.1`, orderRef, minuteIndex, eventMs, side, quantity }),
    ]);
    await decisions.add({
      runId,
      cause: 'minute',
      decision: decision({ minuteIndex, eventMs, orders: [order({ minuteIndex, orderRef })] }),
      signal: null,
    });
    const equityE4 = 25_000_000 - minuteIndex * 3_620;
    const drawdownE4 = 25_000_000 - equityE4;
    const closed = minuteIndex === 389;
    await accounts.save(
      accountRow({ lastMinute: minuteIndex, closed, equityE4, accountPeakE4: 25_000_000, limitReferenceE4: equityE4 }),
      [],
      equityRow({ minuteIndex, eventMs, equityE4, drawdownE4, limitDrawdownE4: 0 }),
    );
  });
}

it('is the same read minute by minute as read at once, and adds up', async () => {
  const followed = pageOf();
  for (let minute = 0; minute < 12; minute++) {
    await playMinute(minute);
    await followed.refresh();
  }
  const state = await followed.refresh();
  expect(state).toEqual(await pageOf().refresh());
  expect(state.money).toMatchObject({
    fills: 12,
    trades: 6,
    decisions: 12,
    equityUsd: 2_496.018,
    drawdownMaxUsd: 3.982,
  });
  expect(state.money?.feesUsd).toBeCloseTo(12 * 0.362, 9);
  expect(state.quality).toMatchObject({ barsExpected: 24, barsUsable: 24 });
  expect(state.decisions).toMatchObject({ totalRefusals: 1, refusals: [{ symbol: 'MSFT', count: 12 }] });
});

it('says that the database is away, and goes on when it is back', async () => {
  const page = pageOf();
  const before = await page.refresh();
  expect(before.stack.phase).toBe('running');
  await postgres.crash();
  let state = await page.refresh();
  expect(state.money).toEqual(before.money);
  for (let i = 0; i < 20 && state.stack.phase === 'error'; i++) state = await page.refresh();
  expect(state.stack.phase).toBe('running');
});
