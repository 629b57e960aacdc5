/**
 * What a reader of the page can do: by keyboard alone, pause, choose, filter; and what many readers cost.
 */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { outcomeLine } from '../../local/cli/commands/operator/outcome.ts';
import { formatSessionDate, type SessionDate } from '../../shared/domain/calendar/session-date.ts';
import type { CommandOutcome } from '../../shared/domain/risk/command-outcome.ts';
import { DAY_TWO } from '../support/page/fake-report-views.ts';
import { launchBrowser, openPage, PHONE, type PageLook } from '../support/page/browser.ts';
import { PAGE_TOKEN, type PageFixture, type PageOptions, startPage } from '../support/page/page-fixture.ts';

const VIEWERS = 6;
/** Of what the page has to show at once, on a machine that does much else. */
const SOON = { timeout: 20_000 };
const TABS_MAX = 60;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function show(options: PageOptions, look?: PageLook): Promise<{ fixture: PageFixture; page: Page }> {
  const fixture = await startPage(options);
  const opened = await openPage(browser, fixture.url, look);
  onTestFinished(async () => {
    await opened.close();
    await fixture.server.close();
  });
  return { fixture, page: opened.page };
}

it('reaches every control by keyboard, in the order they are seen', async () => {
  const { page } = await show({ minute: 231 });
  await page.getByText('minute 232 of 390').waitFor();
  await page.getByRole('button', { name: 'Show 2025-01-02' }).waitFor();
  const reached: string[] = [];
  for (let i = 0; i < TABS_MAX; i++) {
    await page.keyboard.press('Tab');
    const name = (await page.evaluate(
      "document.activeElement === document.body ? '' : (document.activeElement.getAttribute('aria-label') || document.activeElement.value || document.activeElement.textContent).trim()",
    )) as string;
    if (name === '') break;
    reached.push(name);
  }
  expect(reached).toEqual([
    'Skip to the session',
    'live',
    'Pause updates',
    'Dark theme',
    'Equity and drawdown as a table, every 30 minutes',
    'Table of positions',
    'Halt',
    'Flatten',
    'all',
    'Table of decisions',
    'Export CSV',
    'Table of fills',
    'Table of sessions',
    'Trades of 2025-01-03 as CSV',
    'Show 2025-01-02',
    'Trades of 2025-01-02 as CSV',
  ]);
});

it('halts by keyboard alone and gives the focus back', async () => {
  const { fixture, page } = await show({ minute: 231 });
  await page.getByRole('button', { name: 'Halt' }).press('Enter');
  await page.keyboard.type('looks wrong');
  await page.keyboard.press('Tab');
  await page.keyboard.type(PAGE_TOKEN);
  await page.keyboard.press('Enter');
  await page.getByText('Halt sent at').waitFor();
  expect(fixture.sent).toMatchObject([{ command: 'halt', operator: 'page', reason: 'looks wrong' }]);
  expect(await page.evaluate("document.activeElement.dataset['command']")).toBe('halt');
});

it('arms past a finding of the audit by its exact words, and past none unless one is chosen', async () => {
  const found = (entry: number) =>
    ({
      cause: 'AUDIT_FAILED',
      sinceMs: DAY_TWO.openMs,
      by: 'audit',
      why: `run-1/risk, entry ${entry} altered: it differs`,
    }) as const;
  const { fixture, page } = await show({ minute: 231, causes: [found(12), found(40)] });
  const arm = async (choose: () => Promise<unknown>) => {
    await page.getByRole('button', { name: 'Arm' }).click();
    await page.getByLabel('Reason').fill('row 12 restored');
    await choose();
    if (fixture.sent.length === 0) await page.getByLabel('Token').fill(PAGE_TOKEN);
    await page.getByRole('dialog').getByRole('button', { name: 'Arm' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  };
  const finding = page.getByLabel('What the audit found');
  await arm(async () => undefined);
  await arm(() => finding.selectOption('run-1/risk, entry 40 altered'));
  expect(fixture.sent).toMatchObject([
    { command: 'arm', acceptAudit: null },
    { command: 'arm', acceptAudit: 'run-1/risk, entry 40 altered' },
  ]);
  await page.getByRole('button', { name: 'Halt' }).click();
  expect(await finding.isVisible()).toBe(false);
});

it('takes commands after the last session too, and answers in the words of the terminal', async () => {
  const status = { kind: 'paper', lastSession: DAY_TWO.session } as const;
  const { fixture, page } = await show({ minute: 389, status });
  await page.getByText('Run finished').first().waitFor();
  const outcome: CommandOutcome = {
    result: 'done',
    text: 'OPERATOR_HALT stands; nothing is held, and nothing is entered until it is armed',
    state: 'HALTED',
    causes: [],
    arming: null,
  };
  fixture.views.outcomes.set('command/1', outcome);
  await page.getByRole('button', { name: 'Halt' }).click();
  await page.getByText('the command is on record, and nothing trades after it').waitFor();
  await page.getByLabel('Reason').fill('not tomorrow');
  await page.getByLabel('Token').fill(PAGE_TOKEN);
  await page.getByRole('dialog').getByRole('button', { name: 'Halt' }).click();
  const answer = `${outcomeLine('halt', outcome, '').replace('halt', 'Halt')}.`;
  await expect.poll(() => page.locator('#controls').textContent(), SOON).toContain(answer);
});

it('sends nothing when the dialog is left with Escape', async () => {
  const { fixture, page } = await show({ minute: 231 });
  await page.getByRole('button', { name: 'Flatten' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  expect(fixture.sent).toEqual([]);
});

it('keeps the focus where it was when the list it is in changes', async () => {
  const { fixture, page } = await show({ minute: 231 });
  const button = page.getByRole('button', { name: 'Show 2025-01-02' });
  await button.focus();
  fixture.views.minute = 235;
  await page.locator('#sessions').getByText('236 of 390').waitFor();
  expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe('Show 2025-01-02');
  await page.keyboard.press('Enter');
  await page.getByText('You are looking at 2025-01-02.').waitFor();
  await expect.poll(() => page.evaluate('document.activeElement.textContent'), SOON).toBe('shown');
});

it('is frozen while paused and catches up afterwards', async () => {
  const { fixture, page } = await show({ minute: 231 });
  await page.getByText('minute 232 of 390').waitFor();
  await page.getByRole('button', { name: 'Pause updates' }).click();
  await page.getByText('The page is frozen; trading continues.').waitFor();
  const asked = fixture.views.asked.head;
  fixture.views.minute = 260;
  await expect.poll(() => fixture.views.asked.head, SOON).toBeGreaterThan(asked + 4);
  expect(await page.locator('#clock').textContent()).toContain('minute 232 of 390');
  await page.getByRole('button', { name: 'Resume updates' }).click();
  await page.getByText('minute 261 of 390').waitFor();
});

it('shows only what was refused or reduced when asked to', async () => {
  const { page } = await show({ minute: 388, busy: true });
  await page.getByText('Refused or reduced').click();
  const classes = page.locator('#decisions .verdict');
  await expect.poll(() => page.locator('#decisions .verdict.approved').count(), SOON).toBe(0);
  expect(await classes.count()).toBeGreaterThan(5);
  expect(await page.locator('#decisions tbody tr').first().textContent()).toMatch(/[Pp]asses|Cut to/);
});

it('remembers the chosen theme and draws the charts in it', async () => {
  const { fixture, page } = await show({ minute: 231 }, { colorScheme: 'light' });
  await page.getByRole('button', { name: 'Dark theme' }).click();
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(12, 16, 22)');
  await page.goto(fixture.url);
  await page.getByRole('button', { name: 'Light theme' }).waitFor();
});

it('says that the database is away, marks the numbers as old, and goes on when it is back', async () => {
  const { fixture, page } = await show({ minute: 231, ageMs: null });
  await page.getByText('minute 232 of 390').waitFor();
  fixture.views.failure = new Error('connection refused');
  await page.getByText('The database does not answer. The page keeps asking.').waitFor();
  await page.getByText('No new minute for').waitFor();
  expect(await page.locator('#clock').textContent()).toContain('minute 232 of 390');
  fixture.views.failure = null;
  fixture.views.minute = 233;
  fixture.views.updatedAtMs = Date.now();
  await page.getByText('minute 234 of 390').waitFor();
});

it('clears the charts when there is no session any more', async () => {
  const { fixture, page } = await show({ minute: 231 });
  await page.locator('#equity-chart canvas').waitFor();
  fixture.status = { ...fixture.status, phase: 'starting', waitingFor: 'postgres' };
  await page.locator('#equity-chart canvas').waitFor({ state: 'detached' });
  expect(await page.locator('#equity-chart').getAttribute('aria-label')).toBe('Equity: no data');
});

it('serves many viewers with one set of questions', async () => {
  const { fixture, page } = await show({ minute: 20 });
  await page.getByText('minute 21 of 390').waitFor();
  const pages = await Promise.all(
    Array.from({ length: VIEWERS }, () => openPage(browser, fixture.url, { viewport: PHONE })),
  );
  onTestFinished(async () => void (await Promise.all(pages.map((each) => each.close()))));
  await Promise.all(pages.map((each) => each.page.getByText('minute 21 of 390').waitFor()));
  const before = fixture.views.asked.facts;
  const headsBefore = fixture.views.asked.head;
  fixture.views.minute = 21;
  await Promise.all(pages.map((each) => each.page.getByText('minute 22 of 390').waitFor()));
  const ticks = fixture.views.asked.head - headsBefore;
  expect(fixture.views.asked.facts - before).toBeLessThanOrEqual(ticks);
});

it('holds no more in memory after many sessions than after one', async () => {
  const { fixture, page } = await show({ minute: 10 });
  const client = await page.context().newCDPSession(page);
  const nodes = async () => {
    await client.send('HeapProfiler.collectGarbage');
    return (await client.send('Memory.getDOMCounters')).nodes;
  };
  const play = async (session: SessionDate) => {
    fixture.views.startSession(session);
    for (const minute of [10, 389]) {
      fixture.views.minute = minute;
      await page
        .getByText(`minute ${minute + 1} of 390`)
        .first()
        .waitFor();
    }
    await page.getByRole('heading', { name: `Session summary, ${formatSessionDate(session)}` }).waitFor();
  };
  await play(20_250_106);
  await play(20_250_107);
  const before = await nodes();
  for (const session of [20_250_108, 20_250_110, 20_250_113, 20_250_114, 20_250_115, 20_250_116]) await play(session);
  expect(await nodes()).toBeLessThan(before * 1.3);
});
