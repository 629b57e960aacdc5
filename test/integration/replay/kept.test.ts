/**
 * The command line as a person uses it: a replay that is kept, its orders explained, its page shown again.
 */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBarsFolder } from '../../support/bars/bars-folder.ts';

const JULES = fileURLToPath(new URL('../../../jules', import.meta.url));
const SESSION = '2025-01-03';
const run = promisify(execFile);

interface Kept {
  readonly dataDir: string;
  readonly compare: { readonly equal: boolean; readonly firstDifference: null };
  readonly decisions: number;
  readonly fills: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

describe('a replay that is kept', () => {
  let bars = '';
  let kept: Kept;

  beforeAll(async () => {
    bars = writeBarsFolder({ symbols: ['AAPL', 'MSFT'], sessions: [20_250_103], seed: 7 });
    const args = ['--bars', bars, '--symbols', 'AAPL,MSFT', '--date', SESSION, '--minutes', '90', '--policy', 'random'];
    // An account in which a second position does not fit.
    const { stdout } = await jules('replay', ...args, '--account', '1100', '--keep', '--compare', '--json');
    kept = JSON.parse(stdout) as Kept;
  });
  afterAll(() => {
    rmSync(bars, { recursive: true, force: true });
    rmSync(kept.dataDir, { recursive: true, force: true });
  });

  function jules(...args: readonly string[]) {
    return run(JULES, args, { maxBuffer: 16 * 2 ** 20 });
  }

  it('says that the backtest gives the same ledger', () => {
    expect(kept.compare).toMatchObject({ equal: true, firstDifference: null });
    expect(kept.decisions).toBe(90);
    expect(kept.fills).toBeGreaterThan(0);
    expect(kept.latencyMs.p50).toBeLessThanOrEqual(kept.latencyMs.p99);
  });

  it('explains an order from bar to fill, and a refusal with what would have passed', async () => {
    const { sections } = await snapshotOf(kept.dataDir);
    const { rows, refusals } = sections.decisions;
    const approved = rows.find(({ verdict }) => verdict === 'APPROVED')!;
    const refused = refusals.find(({ verdict }) => verdict === 'LEVERAGE_EXCEEDS_MAX')!;

    const filled = await jules('why', referenceOf(approved, '-N'), '--data', kept.dataDir);
    for (const word of ['bar ', 'features', 'policy', 'limits', 'APPROVED', 'accepted', 'filled']) {
      expect(filled.stdout).toContain(word);
    }
    const denied = await jules('why', referenceOf(refused, ''), '--data', kept.dataDir);
    expect(denied.stdout).toContain('LEVERAGE_EXCEEDS_MAX');
    expect(denied.stdout).toMatch(/leverage/i);
  });

  it('is shown by start, which trades nothing on its folder', async () => {
    const { sections } = await snapshotOf(kept.dataDir);
    expect(sections.session).toMatchObject({ date: SESSION, lastMinute: 89, closed: true });
    expect(sections.stack.phase).toBe('finished');
  });
});

interface Snapshot {
  readonly sections: {
    readonly stack: { readonly phase: string };
    readonly session: object | null;
    readonly decisions: { readonly rows: readonly Row[]; readonly refusals: readonly Row[] };
  };
}

interface Row {
  readonly firstMinute: number;
  readonly symbol: string;
  readonly verdict: string;
}

function referenceOf({ firstMinute, symbol }: Row, kind: string): string {
  return `20250103-${String(firstMinute).padStart(3, '0')}-${symbol}${kind}`;
}

/** The page reads the session a moment after the stack is ready. */
async function sessionOn(url: string): Promise<Snapshot> {
  for (;;) {
    const snapshot = (await (await fetch(new URL('/api/snapshot', url))).json()) as Snapshot;
    if (snapshot.sections.session !== null) return snapshot;
    await pause(50);
  }
}

async function snapshotOf(dataDir: string): Promise<Snapshot> {
  const child = spawn(JULES, ['start', '--data', dataDir, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line) as { event: string; url?: string };
      if (event.event === 'ready') return await sessionOn(event.url!);
    }
    throw new Error('start ended before it was ready');
  } finally {
    child.kill('SIGINT');
    await gone;
  }
}
