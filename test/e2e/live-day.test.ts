/**
 * The page of a real stack in a real browser: a day in progress, commands, past sessions, and a stack that dies.
 */

import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser, openPage } from '../support/page/browser.ts';
import { type LiveStack, startLiveStack } from './live-stack.ts';

/** A session takes about 20 seconds. */
const SPEED = 1_200;
const SESSION_MS_MAX = 90_000;
/** On a machine that does much else. */
const SOON = { timeout: 20_000 };

let browser: Browser;
/** Plays one session after the other while the tests look at it. */
let day: LiveStack;
beforeAll(async () => {
  browser = await launchBrowser();
  day = await startLiveStack({ speed: SPEED, until: 'page' });
});
afterAll(async () => {
  await browser.close();
  await day.stop();
});

describe('a day in progress', () => {
  it('is on a page that answers before the stack is up, and goes on by itself', async () => {
    expect((await fetch(new URL('/api/snapshot', day.url))).status).toBe(200);
    const { page, complaints, close } = await openPage(browser, day.url);
    await inProgress(page).waitFor();
    await expect.poll(() => page.locator('#state-pill').textContent(), SOON).toBe('ACTIVE');
    const minuteOf = async () => Number(/minute (\d+)/.exec((await page.locator('#clock').textContent()) ?? '')?.[1]);
    const first = await minuteOf();
    await expect.poll(minuteOf, SOON).toBeGreaterThan(first);
    expect(complaints).toEqual([]);
    await close();
  });

  it('shows decisions, positions and fills as they come, with their numbers', async () => {
    const { page, close } = await openPage(browser, day.url);
    await page.locator('#fills tbody tr').first().waitFor({ timeout: SESSION_MS_MAX });
    expect(await page.locator('#decisions tbody tr').count()).toBeGreaterThan(0);
    expect(await page.locator('#positions tbody tr b').allTextContents()).toEqual(['AAPL', 'MSFT']);
    await expect.poll(() => page.locator('#latency').textContent(), SOON).toMatch(/n = \d+ minutes/);
    await expect.poll(() => page.locator('#health').textContent(), SOON).toContain('gateway up');
    expect(await page.locator('.kpi-lead').textContent()).toMatch(/\$\d+\.\d\d.*fees \$\d+\.\d\d/);
    expect(await page.locator('#equity-chart canvas').count()).toBe(1);
    await close();
  });
});

describe('commands', () => {
  let stack: LiveStack;
  beforeAll(async () => {
    stack = await startLiveStack({ speed: 120, until: 'ready' });
  });
  afterAll(() => stack.stop());

  function post(headers: Record<string, string>, command: string) {
    return fetch(new URL('/api/commands', stack.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ command, reason: 'a test' }),
    });
  }

  it('are refused without a token and with a wrong one, and change nothing', async () => {
    expect((await post({}, 'halt')).status).toBe(401);
    expect((await post({ authorization: 'Bearer not-the-token' }, 'halt')).status).toBe(401);
    expect((await post({ authorization: `Bearer ${stack.token}`, origin: 'http://evil.example' }, 'halt')).status).toBe(
      403,
    );
  });

  it('halt, arm and flatten from the page, with a reason and the token, and the page shows the state', async () => {
    const { page, close } = await openPage(browser, stack.url);
    await inProgress(page).waitFor();
    const dialog = page.locator('#command-dialog');
    const command = async (name: string) => {
      await page.locator('#controls').getByRole('button', { name }).click();
      await page.getByLabel('Reason, kept with the command').fill(`a test of ${name}`);
    };

    await command('Halt');
    await dialog.getByRole('button', { name: 'Halt' }).click();
    await page.getByText('The token is needed once.').waitFor();
    await page.getByLabel('Token', { exact: true }).fill('not-the-token');
    await dialog.getByRole('button', { name: 'Halt' }).click();
    await page.getByText('That token was not accepted.').waitFor();
    expect(await page.locator('#state-pill').textContent()).toBe('ACTIVE');

    await page.getByLabel('Token', { exact: true }).fill(stack.token);
    await dialog.getByRole('button', { name: 'Halt' }).click();
    await page.locator('#notices').getByText('by page: “a test of Halt”').waitFor();
    await expect.poll(() => page.locator('#state-pill').textContent(), SOON).toBe('HALTED');
    await expect.poll(() => page.locator('#positions tbody tr', { hasText: 'flat' }).count(), SOON).toBe(2);

    await command('Arm');
    await dialog.getByRole('button', { name: 'Arm' }).click();
    await expect.poll(() => page.locator('#state-pill').textContent(), SOON).toBe('ACTIVE');
    expect(await page.locator('#notices').textContent()).toBe('');

    await command('Flatten');
    await dialog.getByRole('button', { name: 'Flatten' }).click();
    await page.locator('#controls').getByText('OPERATOR_FLATTEN stands').waitFor();
    await expect.poll(() => page.locator('#state-pill').textContent(), SOON).not.toBe('ACTIVE');
    await close();
  });
});

it('says STALE when the stack dies, keeps what it knew, and is connected again when the stack is back', async () => {
  const stack = await startLiveStack({ speed: 300, until: 'ready' });
  onTestFinished(() => stack.stop());
  const { page, complaints, close } = await openPage(browser, stack.url);
  await inProgress(page).waitFor();

  await stack.kill();
  await page.getByText(/Connection to the stack lost/).waitFor();
  expect(await page.locator('#state-pill').textContent()).toBe('ACTIVE · STALE');
  await expect.poll(() => page.locator('#health').textContent(), SOON).toContain('Brokernot known');
  expect(await page.locator('#clock').textContent()).toMatch(/minute \d+ of 390/);

  await stack.restart();
  await page.getByText(/Connection to the stack lost/).waitFor({ state: 'detached' });
  await expect.poll(() => page.locator('#health').textContent(), { timeout: 60_000 }).toContain('gateway up');
  // Minutes follow when the queue gives back what was in flight; replays that are killed are tested for that.
  expect(await page.locator('#clock').textContent()).toMatch(/minute \d+ of 390/);
  expect(complaints).toEqual([]);
  await close();
});

it('keeps a closed session selectable, with its summary and its trades as CSV', { timeout: 180_000 }, async () => {
  const { page, close } = await openPage(browser, day.url);
  const show = page.getByRole('button', { name: 'Show 2026-01-05' });
  await show.waitFor({ timeout: SESSION_MS_MAX });
  await show.click();
  await page.getByText('You are looking at 2026-01-05.').waitFor();
  await page.getByRole('heading', { name: 'Session summary, 2026-01-05' }).waitFor();
  expect(await page.locator('#clock').textContent()).toBe('16:00 ET minute 390 of 390');

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export CSV' }).click();
  expect((await download).suggestedFilename()).toBe('trades-2026-01-05.csv');
  const csv = await (await page.request.get((await download).url())).text();
  const [header = '', ...lines] = csv.trimEnd().split('\r\n');
  const result = header.split(',').indexOf('trade_pnl_after_fees_usd');
  const resultsUsd = lines.map((line) => Number(line.split(',')[result]));
  const fillsText = await page.locator('#summary dl').textContent();
  expect(fillsText).toContain(`Fills${lines.length}`);
  const netUsd = resultsUsd.reduce((sum, value) => sum + value, 0);
  expect(await page.locator('.kpi-lead .kpi-value').textContent()).toContain(signed(netUsd));

  await page.getByRole('button', { name: 'Back to the newest session' }).click();
  await page.getByText('You are looking at').waitFor({ state: 'detached' });
  await close();
});

function inProgress(page: Page): Locator {
  return page.locator('#clock', { hasText: /minute \d+ of 390/ });
}

function signed(usd: number): string {
  const text = Math.abs(usd).toLocaleString('en-US', { style: 'currency', currency: 'USD' });
  return Math.abs(usd) < 0.005 ? '$0.00' : `${usd > 0 ? '+' : '−'}${text}`;
}
