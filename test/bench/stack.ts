/**
 * The whole embedded stack: a session through all queues, its latencies and memory, and how long the page takes to come up.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { latencyOf } from '../../local/cli/reach/stored-run.ts';
import type { PlayedRun } from '../../local/cli/commands/replay/stack.ts';
import type { Stack } from '../../local/stack/stack.ts';
import { writeBarsFolder } from '../support/bars/bars-folder.ts';
import { replay, runOptions } from '../support/stack/replays.ts';
import { atMost, type Measurement, measurement } from './measure.ts';

const SESSION = 20_250_103;
const REPLAYS = 3;
const MANY_SYMBOLS = 30;
/** A minute of so many symbols, and what half of them may take at most. */
const WIDE = [
  { symbolCount: 100, minutes: 60, p50Ms: 100 },
  { symbolCount: 500, minutes: 40, p50Ms: 1_000 },
] as const;
const MEMORY_POLL_MS = 500;
const JULES = fileURLToPath(new URL('../../jules', import.meta.url));

interface Sample {
  readonly run: PlayedRun;
  readonly memoryMb: number;
}

export async function benchStack(): Promise<Measurement[]> {
  const two: Sample[] = [];
  for (let at = 0; at < REPLAYS; at++) two.push(await play(['AAPL', 'MSFT']));
  const many = await play(symbolNames(MANY_SYMBOLS));
  const latencies = two.map(({ run }) => latencyOf(run.latency));
  const p50s = latencies.map(({ p50 }) => p50);
  return [
    measurement('session of 390 minutes x 2 symbols through all queues', 's', wallSeconds(two), atMost(10)),
    measurement('minute closed -> order recorded, p50', 'ms', p50s, atMost(25)),
    measurement(
      'minute closed -> order recorded, p99',
      'ms',
      latencies.map(({ p99 }) => p99),
      atMost(80),
    ),
    measurement(
      'memory of the whole tree, PSS, highest seen',
      'MB',
      two.map(({ memoryMb }) => memoryMb),
      atMost(600),
    ),
    measurement('minute of 30 symbols, p50', 'ms', [latencyOf(many.run.latency).p50]),
    measurement('minute of 30 symbols against 2, p50', 'ratio', [latencyOf(many.run.latency).p50 / Math.min(...p50s)]),
    ...(await benchWide()),
    ...(await benchPage()),
  ];
}

function wallSeconds(samples: readonly Sample[]): number[] {
  return samples.map(({ run }) => run.wallMs / 1_000);
}

async function benchWide(): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const { symbolCount, minutes, p50Ms } of WIDE) {
    const { run } = await play(symbolNames(symbolCount), minutes);
    measured.push(
      measurement(`minute of ${symbolCount} symbols, p50`, 'ms', [latencyOf(run.latency).p50], atMost(p50Ms)),
    );
  }
  return measured;
}

function symbolNames(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `S${String(at).padStart(3, '0')}`);
}

async function play(symbols: readonly string[], minutes?: number): Promise<Sample> {
  const bars = writeBarsFolder({ symbols, sessions: [SESSION], seed: 5 });
  let memoryMb = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    const run = await replay(runOptions({ bars, symbols: [...symbols], date: SESSION, ...(minutes && { minutes }) }), {
      onReady: (stack) => {
        timer = setInterval(() => {
          memoryMb = Math.max(memoryMb, treeMb(stack));
        }, MEMORY_POLL_MS);
      },
    });
    return { run, memoryMb };
  } finally {
    clearInterval(timer);
    rmSync(bars, { recursive: true });
  }
}

/** Proportional set size of every process of the stack, this one apart: the command line stands in for it. */
function treeMb(stack: Stack): number {
  const roots = Object.values(stack.pids);
  return roots.flatMap(withChildren).reduce((sum, pid) => sum + pssMb(pid), 0);
}

function withChildren(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(withChildren)];
}

function pssMb(pid: number): number {
  const match = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`));
  return match === null ? 0 : Number(match[1]) / 1_024;
}

/** A process may be gone by the time it is looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Cold: a new data folder, so a new database; warm: the same folder again. */
async function benchPage(): Promise<Measurement[]> {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let at = 0; at < REPLAYS; at++) {
    const dataDir = mkdtempSync(join(tmpdir(), 'jules-bench-'));
    cold.push(await pageUpSeconds(dataDir));
    warm.push(await pageUpSeconds(dataDir));
    rmSync(dataDir, { recursive: true });
  }
  return [
    measurement('jules start -> page answers, new data folder', 's', cold, atMost(3)),
    measurement('jules start -> page answers, second start', 's', warm, atMost(1)),
  ];
}

async function pageUpSeconds(dataDir: string): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(JULES, ['start', '--data', dataDir, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await firstUrl(child);
    await fetch(url);
    return (performance.now() - startedMs) / 1_000;
  } finally {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await gone;
  }
}

async function firstUrl(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const event = JSON.parse(line) as { event: string; url?: string };
    if (event.event === 'page' && event.url !== undefined) return event.url;
  }
  throw new Error('jules start ended before its page was up');
}
