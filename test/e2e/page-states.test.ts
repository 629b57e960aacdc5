/**
 * Every state of the page, in both themes, at a desk and on a phone: axe finds nothing and nothing scrolls sideways.
 */

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  axeViolations,
  DESKTOP,
  launchBrowser,
  openPage,
  type OpenPage,
  PHONE,
  sidewaysOverflow,
} from '../support/page/browser.ts';
import { DAY_TWO, frozenSteps, SEVERAL_CAUSES } from '../support/page/fake-report-views.ts';
import { type PageFixture, type PageOptions, startPage } from '../support/page/page-fixture.ts';

const MANY_SYMBOLS = Array.from({ length: 30 }, (_, i) => `SYM${String.fromCharCode(65 + (i % 26))}${i}`);
const NO_MINUTE = { minute: -1, status: { phase: 'starting', waitingFor: 'postgres, host' } } as const;
const FINISHED = { minute: 389, status: { kind: 'replay', lastSession: DAY_TWO.session } } as const;

/** What the page says when it is in that state. */
const STATES: readonly (readonly [string, PageOptions, string])[] = [
  ['running', { minute: 231 }, 'minute 232 of 390'],
  ['halted', { minute: 231, haltAt: 190 }, 'OPERATOR_HALT, halt by an operator, since 12:41 ET by page'],
  ['stale', { minute: 231, ageMs: 95_000 }, 'No new minute for 1 min 35 s; one is expected every 1 s.'],
  ['halted and stale', { minute: 231, haltAt: 190, ageMs: 95_000 }, 'HALTED · STALE'],
  ['halted by several causes', { minute: 231, causes: SEVERAL_CAUSES }, 'HALTED · 3 causes'],
  [
    'waiting for the policy runner',
    { minute: 231, ageMs: 95_000, stepsOfNext: frozenSteps(95_000) },
    'waits for the signal function, which asks the policy runner. The market feed is not late.',
  ],
  ['finished', FINISHED, 'Replay finished'],
  ['without data', NO_MINUTE, 'Waiting for postgres, host.'],
  ['with 30 symbols', { minute: 231, symbols: MANY_SYMBOLS }, 'minute 232 of 390'],
  ['at the end of a day of many orders', { minute: 388, busy: true }, 'Newest 60 of'],
];
const LOOKS = [
  ['desk', 'light', DESKTOP],
  ['desk', 'dark', DESKTOP],
  ['phone', 'light', PHONE],
  ['phone', 'dark', PHONE],
] as const;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe.each(STATES)('the page %s', (_, options, says) => {
  let fixture: PageFixture;
  let opened: OpenPage;
  beforeAll(async () => {
    fixture = await startPage(options);
    opened = await openPage(browser, fixture.url);
    await opened.page.getByText(says).first().waitFor();
  });
  afterAll(async () => {
    await opened.close();
    await fixture.server.close();
  });

  it.each(LOOKS)('is accessible and fits at a %s, %s', async (_name, colorScheme, viewport) => {
    const { page, complaints } = opened;
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    expect(await axeViolations(page)).toEqual([]);
    expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  });
});

it.each([
  ['of 30 symbols', { minute: 231, symbols: MANY_SYMBOLS }],
  ['of a day of many orders', { minute: 388, busy: true }],
])('shows the tables %s in their whole width at a desk', async (_, options) => {
  const fixture = await startPage(options);
  const { page, close } = await openPage(browser, fixture.url, { viewport: DESKTOP });
  await page.locator('#fills tbody tr').first().waitFor();
  const cut =
    "[...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.id)";
  expect(await page.evaluate(cut)).toEqual([]);
  await close();
  await fixture.server.close();
});

it('is accessible with the command dialog open', async () => {
  const fixture = await startPage({ minute: 231 });
  const { page, close } = await openPage(browser, fixture.url, { viewport: PHONE, colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Halt' }).click();
  await page.getByRole('dialog', { name: 'Halt trading?' }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await close();
  await fixture.server.close();
});
