/**
 * A headless Chromium of the system, for tests and screenshots of the page. None is downloaded.
 */

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where the browser is; null when there is none. */
export function browserPath(): string | null {
  return CANDIDATES.find((path) => existsSync(path)) ?? null;
}

export function launchBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === null) throw new Error(`no browser: looked for ${CANDIDATES.join(', ')}; install chromium`);
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
