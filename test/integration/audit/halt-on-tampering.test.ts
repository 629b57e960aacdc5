/**
 * A hand in the audit log of a running stack: the host finds it when it starts, and trading is halted with the cause
 * shown on the page until somebody arms it.
 */

import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../local/cli/program.ts';
import type { PlayedRun } from '../../../local/cli/commands/replay/stack.ts';
import type { Stack } from '../../../local/stack/stack.ts';
import { writeBarsFolder } from '../../support/bars/bars-folder.ts';
import { fakeTerminal } from '../../support/stack/fake-terminal.ts';
import { readerPool } from '../../support/database/reader-pool.ts';
import { createPool } from '../../../shared/adapters/postgres/connection/pool.ts';
import { databaseLogin } from '../../../shared/runtime/with-secret.ts';
import { SECRETS } from '../../../shared/topology.ts';
import { replay, runOptions } from '../../support/stack/replays.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const SESSION = 20_250_103;
const ALTERED = 5;
const PATIENCE_MS = 60_000;

interface Shown {
  readonly sections: { readonly session: { readonly state: string; readonly cause: string } | null };
}

let bars: string;
let run: PlayedRun;
let meddling: Promise<void>;
let shown: Shown;
let decisions: { minute: number; state: string; cause: string; entries: number }[];

beforeAll(async () => {
  bars = writeBarsFolder({ symbols: SYMBOLS, sessions: [SESSION], seed: 7, faultRate: 0 });
  const options = runOptions({ bars, symbols: SYMBOLS, date: SESSION, policy: 'random' });
  run = await replay(options, {
    keep: true,
    onReady: (stack) => {
      meddling = meddle(stack);
    },
    onFinished: look,
  });
  await meddling;
});
afterAll(() => {
  rmSync(bars, { recursive: true });
  rmSync(run.dataDir!, { recursive: true });
});

/** As whoever holds the database: one word in one entry, while the stack trades; then the host dies. */
async function meddle(stack: Stack): Promise<void> {
  const { run: config } = stack.file;
  const login = databaseLogin({ secrets: stack.secrets, name: SECRETS.databaseAdmin.name });
  const pool = createPool({ login, applicationName: 'jules-test', poolMax: 1 });
  const untilMs = performance.now() + PATIENCE_MS;
  const place = [`${config.runId}/risk`, ALTERED];
  const alter = `UPDATE audit_log SET body = replace(body, 'ACTIVE', 'HALTED') WHERE chain = $1 AND sequence = $2`;
  try {
    while ((await pool.query(alter, place)).rowCount === 0) {
      if (performance.now() > untilMs) throw new Error('there was no entry to alter');
      await pause(20);
    }
    process.kill(stack.pids['host']!, 'SIGKILL');
  } finally {
    await pool.end();
  }
}

async function look(stack: Stack): Promise<void> {
  shown = (await (await fetch(new URL('/api/snapshot', stack.url))).json()) as Shown;
  const pool = readerPool(stack);
  const { rows } = await pool.query<(typeof decisions)[number]>(`SELECT minute_index AS minute, state,
    state_causes -> 0 ->> 'cause' AS cause, (SELECT count(*)::int FROM orders o WHERE o.run_id = d.run_id AND o.session = d.session
      AND o.minute_index = d.minute_index AND o.kind = 'ENTRY') AS entries
    FROM decisions d WHERE d.cause = 'minute' ORDER BY minute_index`);
  decisions = rows;
  await pool.end();
}

describe('an audit entry altered by hand while the stack runs', () => {
  it('halts trading when the host finds it, and the page says why', () => {
    expect(shown.sections.session).toMatchObject({ state: 'HALTED', causes: [{ cause: 'AUDIT_FAILED', by: 'audit' }] });
    const halted = decisions.findIndex(({ cause }) => cause === 'AUDIT_FAILED');
    expect(halted).toBeGreaterThan(0);
    expect(decisions.slice(halted).every(({ state, entries }) => state === 'HALTED' && entries === 0)).toBe(true);
    expect(decisions.slice(0, halted).some(({ entries }) => entries > 0)).toBe(true);
  });

  it('is named by the command line, and the halt is in the log behind it', async () => {
    const terminal = fakeTerminal();
    const code = await runCli(['audit', 'verify', '--data', run.dataDir!], { terminal, env: {} });
    expect(code).toBe(1);
    expect(terminal.data.join('\n')).toMatch(new RegExp(`altered  .*/risk, entry ${ALTERED}:`));
    await runCli(['audit', 'show', '--limit', '100000', '--data', run.dataDir!], { terminal, env: {} });
    expect(terminal.data.join('\n')).toMatch(/halt by audit: .*entry 5 altered.* → HALTED/);
  });
});
