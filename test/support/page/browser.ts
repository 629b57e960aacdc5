/**
 * A headless Chromium of the system, for tests and screenshots of the page. None is downloaded.
 */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));
/** Long enough for a machine that does much else at the same time. */
const WAIT_MS = 20_000;

export const DESKTOP = { width: 1280, height: 900 } as const;
export const PHONE = { width: 390, height: 844 } as const;

export interface PageLook {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
}

/** A page in a context of its own: nothing kept from other pages, and what it complains about. */
export interface OpenPage {
  readonly page: Page;
  /** Errors that scripts threw, and what the browser refused because of the content security policy. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

/** Throws when there is no browser. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = CANDIDATES.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(`no browser: looked for ${CANDIDATES.join(', ')}; install chromium`);
  }
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath, args });
}

export async function openPage(browser: Browser, url: string, look: PageLook = {}): Promise<OpenPage> {
  const { viewport = DESKTOP, colorScheme = 'light' } = look;
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

/** What axe finds: rule and place, one line each. */
export async function axeViolations(page: Page): Promise<string[]> {
  // Evaluated rather than added as a script, which the page's content security policy refuses.
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(readFileSync(AXE, 'utf8'));
  const run =
    'axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((n) => [id, n.target])))';
  const found = (await page.evaluate(run)) as [string, string[]][];
  return found.map(([id, target]) => `${id}: ${target.join(' ')}`);
}

/** By how many pixels the page is wider than its window. */
export function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth') as Promise<number>;
}
