/**
 * A folder of bars that is edited between two lives of a run: the run stops and says why, the edited bars are another
 * run's, and what the first one stored stays as it is.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresDriver } from '../../../local/cli/reach/embedded-postgres.ts';
import { withDatabase } from '../../../local/cli/reach/database-session.ts';
import { withClient } from '../../../local/database/connect.ts';
import { writeBarsFolder } from '../../support/bars/bars-folder.ts';
import { fakeTerminal } from '../../support/stack/fake-terminal.ts';

const MAIN = fileURLToPath(new URL('../../../local/cli/main.ts', import.meta.url));
const LIMIT_MS = 120_000;
const PLAYED_MINUTES = 40;

let bars = '';
let data = '';
beforeAll(() => {
  bars = writeBarsFolder({ symbols: ['AAPL', 'MSFT'], sessions: [20_250_103], seed: 7 });
  data = mkdtempSync(join(tmpdir(), 'jules-edited-'));
});
afterAll(() => {
  for (const folder of [bars, data]) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

function start(...more: readonly string[]): ChildProcess {
  const options = ['--bars', bars, '--start-date', '2025-01-03', '--data', data, '--speed', '6000', '--json', ...more];
  const command = ['--disable-warning=ExperimentalWarning', MAIN, 'start', ...options];
  return spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
}

interface StartEvent {
  readonly event: string;
  readonly runId?: string;
  readonly isNew?: boolean;
  readonly url?: string;
}

/** Plays some minutes, stops, and says which run it was. */
async function playSome(...more: readonly string[]): Promise<StartEvent> {
  const child = start(...more);
  let complaint = '';
  child.stderr!.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')));
  let run: StartEvent | undefined;
  for await (const line of createInterface({ input: child.stdout! })) {
    const event = JSON.parse(line) as StartEvent;
    if (event.event === 'run') run = event;
    if (event.event !== 'ready') continue;
    child.stdout!.resume();
    await playedMinutes(event.url!);
    const gone = once(child, 'exit');
    child.kill('SIGINT');
    await gone;
    return run!;
  }
  throw new Error(`the stack did not start: ${complaint}`);
}

async function playedMinutes(url: string): Promise<void> {
  for (;;) {
    const answer = (await (await fetch(new URL('/api/snapshot', url))).json()) as {
      sections: { session: { lastMinute: number } | null };
    };
    if ((answer.sections.session?.lastMinute ?? -1) >= PLAYED_MINUTES) return;
    await pause(20);
  }
}

/** Closes of AAPL by feed, in the order of their minutes. */
async function closesOfAapl(): Promise<Map<string, number[]>> {
  const request = { data, driver: postgresDriver(null, []), migrates: false };
  const context = { terminal: fakeTerminal(), env: {}, exit: () => undefined };
  return withDatabase(request, context, (session) =>
    withClient(session, { role: 'reader' }, async (client) => {
      const text = `SELECT feed, array_agg(close_e4::float8 ORDER BY ts) AS closes FROM ohlcv
        WHERE symbol = 'AAPL' GROUP BY feed`;
      const { rows } = await client.query<{ feed: string; closes: number[] }>(text);
      return new Map(rows.map(({ feed, closes }) => [feed, closes]));
    }),
  );
}

/** Another volume in the third minute of AAPL. */
function edit(): void {
  const path = join(bars, 'AAPL.csv');
  const lines = readFileSync(path, 'utf8').split('\n');
  lines[3] = lines[3]!.replace(/\d+$/, (volume) => String(Number(volume) + 1));
  writeFileSync(path, lines.join('\n'));
}

describe('bars that are edited between two lives of a run', () => {
  it(
    'stop it, with both digests and the way out; a new run has rows of its own',
    async () => {
      const first = await playSome();
      expect(await playSome()).toMatchObject({ runId: first.runId, isNew: false });
      const before = await closesOfAapl();
      expect(before.size).toBe(1);
      edit();

      const stopped = start();
      let complaint = '';
      stopped.stderr!.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')));
      stopped.stdout!.resume();
      const [code] = (await once(stopped, 'close')) as [number];
      expect(code).toBe(1);
      expect(complaint).toMatch(
        /the bars of AAPL in session 20250103 .*recorded\/[0-9a-f]{32}.*recorded\/[0-9a-f]{32}/,
      );
      expect(complaint).toContain('--new-run');
      expect(await closesOfAapl()).toEqual(before);

      const second = await playSome('--new-run');
      expect(second).toMatchObject({ isNew: true, runId: expect.not.stringContaining(first.runId!) as string });
      const after = await closesOfAapl();
      expect(after.size).toBe(2);
      for (const [feed, closes] of before) expect(after.get(feed)).toEqual(closes);
    },
    LIMIT_MS,
  );
});
