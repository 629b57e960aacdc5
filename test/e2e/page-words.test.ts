/**
 * What the page says of an account that does not trade freely: every cause in the words of whoever set it, and the two
 * drawdowns under their names.
 */

import { type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { causeViews } from '../../shared/read-models/causes.ts';
import { DAY_TWO, SEVERAL_CAUSES } from '../support/page/fake-report-views.ts';
import { launchBrowser, openPage } from '../support/page/browser.ts';
import { type PageOptions, startPage } from '../support/page/page-fixture.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function show(options: PageOptions) {
  const fixture = await startPage(options);
  const opened = await openPage(browser, fixture.url);
  onTestFinished(async () => {
    await opened.close();
    await fixture.server.close();
  });
  await opened.page.getByText('minute 232 of 390').first().waitFor();
  return opened.page;
}

it('every cause has a line of its own in the notice, as it was set, and its name beside the buttons', async () => {
  const page = await show({ minute: 231, causes: SEVERAL_CAUSES });
  const views = causeViews({ causes: SEVERAL_CAUSES, rearm: 'manual', session: DAY_TWO });
  const lines = views.map(({ text }) => text);
  expect(lines).toHaveLength(3);
  expect(await page.locator('.notice .causes li').allTextContents()).toEqual(lines);
  const beside = (await page.locator('#controls').textContent())?.toLowerCase();
  for (const { title } of views) expect(beside).toContain(title);
});

it('the drawdown of the account stands apart from what the limit counts', async () => {
  const page = await show({ minute: 231 });
  const drawdown = page.locator('.kpi', { has: page.getByRole('heading', { name: 'Drawdown', exact: true }) });
  const figure = await drawdown.locator('.kpi-value').textContent();
  const line = await drawdown.locator('.kpi-line').textContent();
  expect([figure?.slice(1), line?.replace(/.\$/, '$')]).toEqual([
    '$3.36',
    'largest $4.74; against the limit $0.86 of $100.00',
  ]);
});
