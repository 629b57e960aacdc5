/**
 * Screenshots of the page in every state, for people to look at: `node scripts/screenshots.ts DIR [name part]`.
 *
 * Desktop and phone, dark and light; the session is made up, seeded, and always the same.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../test/support/page/browser.ts';
import { DAY_TWO, frozenSteps, SEVERAL_CAUSES } from '../test/support/page/fake-report-views.ts';
import { type PageFixture, startPage } from '../test/support/page/page-fixture.ts';

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const THEMES = ['light', 'dark'] as const;

interface Scene {
  readonly name: string;
  readonly start: () => Promise<PageFixture>;
  /** What the page says when the scene is set. */
  readonly shows: string;
  readonly act?: (page: Page) => Promise<void>;
}

const REPLAY = {
  kind: 'replay',
  lastSession: DAY_TWO.session,
  pace: { kind: 'max' },
  source: 'recorded bars',
} as const;

const THIRTY_SYMBOLS = Array.from({ length: 30 }, (_, i) => `SYM${String.fromCharCode(65 + (i % 26))}${i}`);

const SCENES: readonly Scene[] = [
  { name: 'running', start: () => startPage({ minute: 231 }), shows: 'minute 232 of 390' },
  { name: 'halted', start: () => startPage({ minute: 231, haltAt: 190 }), shows: 'Trading stopped' },
  { name: 'causes', start: () => startPage({ minute: 231, causes: SEVERAL_CAUSES }), shows: 'HALTED · 3 causes' },
  {
    name: 'frozen',
    start: () => startPage({ minute: 231, ageMs: 95_000, stepsOfNext: frozenSteps(95_000) }),
    shows: 'waits for the signal function',
  },
  { name: 'stale', start: () => startPage({ minute: 231, ageMs: 95_000 }), shows: 'No new minute for' },
  { name: 'finished', start: () => startPage({ minute: 389, status: REPLAY }), shows: 'Replay finished' },
  { name: 'starting', start: starting, shows: 'The database applies' },
  { name: 'busy', start: () => startPage({ minute: 388, busy: true }), shows: 'minute 389 of 390' },
  { name: 'symbols', start: () => startPage({ minute: 231, symbols: THIRTY_SYMBOLS }), shows: 'minute 232 of 390' },
  { name: 'past', start: () => startPage({ minute: 231 }), shows: 'minute 232 of 390', act: showPast },
  { name: 'dialog', start: () => startPage({ minute: 231 }), shows: 'minute 232 of 390', act: openDialog },
];

function starting(): Promise<PageFixture> {
  const parts = [
    { name: 'postgres', state: 'up', detail: '' },
    { name: 'host', state: 'starting', detail: '' },
    { name: 'gpu-runner', state: 'up', detail: '' },
    { name: 'gateway', state: 'down', detail: 'exited with 1; starts again in 500 ms' },
  ] as const;
  return startPage({
    minute: -1,
    status: { phase: 'starting', waitingFor: 'The database applies its migrations.', parts },
  });
}

async function showPast(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Show 2025-01-02' }).click();
  await page.getByText('You are looking at 2025-01-02').waitFor();
}

async function openDialog(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Halt' }).click();
}

async function shoot(browser: Browser, scene: Scene, dir: string): Promise<void> {
  const fixture = await scene.start();
  try {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const colorScheme of THEMES) {
        const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
        await page.goto(fixture.url);
        await page.getByText(scene.shows).first().waitFor();
        await scene.act?.(page);
        const path = join(dir, `${scene.name}-${size}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: scene.name !== 'dialog' });
        await page.close();
      }
    }
  } finally {
    await fixture.server.close();
  }
}

const [dir = 'test/e2e/screenshots', wanted = ''] = process.argv.slice(2);
mkdirSync(dir, { recursive: true });
const browser = await launchBrowser();
for (const scene of SCENES.filter(({ name }) => name.includes(wanted))) await shoot(browser, scene, dir);
await browser.close();
console.log(`screenshots are in ${dir}`);
