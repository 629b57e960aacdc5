/**
 * `npm run bench`: measures every budget on this machine and prints it beside the recorded baseline.
 *
 *   npm run bench               core, memory, runner, secrets, stack, disk, start-up and synth
 *   npm run bench -- core       one part
 *   npm run bench -- deploy     the emulators, which have to be installed; not part of the whole
 *   npm run bench -- --save     also records the figures in test/bench/baseline.json
 *
 * Machines are shared and noisy: compare figures of one run, and ratios rather than absolutes.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { benchBacktestMemory } from './backtest-memory.ts';
import { benchCore } from './core.ts';
import { benchDisk } from './disk.ts';
import { benchDeploy } from './deploy.ts';
import type { Measurement } from './measure.ts';
import { benchRunner } from './runner.ts';
import { benchSecrets } from './secrets.ts';
import { benchStack } from './stack.ts';
import { benchStartUp } from './start-up.ts';
import { benchSynth } from './synth.ts';

const BASELINE = fileURLToPath(new URL('baseline.json', import.meta.url));
const PARTS = {
  core: benchCore,
  memory: benchBacktestMemory,
  runner: benchRunner,
  secrets: benchSecrets,
  stack: benchStack,
  synth: benchSynth,
  disk: benchDisk,
  'start-up': benchStartUp,
  deploy: benchDeploy,
};

interface Baseline {
  readonly machine: string;
  readonly node: string;
  readonly date: string;
  readonly measurements: readonly Measurement[];
}

const args = process.argv.slice(2);
const wanted = args.filter((arg) => arg in PARTS) as (keyof typeof PARTS)[];
const measured: Measurement[] = [];
for (const part of wanted.length > 0
  ? wanted
  : (['core', 'memory', 'runner', 'secrets', 'stack', 'disk', 'start-up', 'synth'] as const)) {
  process.stderr.write(`measuring ${part} …\n`);
  measured.push(...(await PARTS[part]()));
}
const before = readBaseline();
print(measured, before);
if (args.includes('--save')) save(measured, before);
process.exitCode = measured.some(({ met }) => met === false) ? 1 : 0;

function readBaseline(): Baseline | null {
  return existsSync(BASELINE) ? (JSON.parse(readFileSync(BASELINE, 'utf8')) as Baseline) : null;
}

function print(rows: readonly Measurement[], baseline: Baseline | null): void {
  console.log(`${machine()}, Node ${process.version}; baseline: ${baseline?.machine ?? 'none'}`);
  for (const row of rows) {
    const known = baseline?.measurements.find(({ name }) => name === row.name);
    const range = row.runs === 1 ? '' : ` (${show(row.min)}…${show(row.max)}, n=${row.runs})`;
    const budget = row.budget === null ? '' : `${row.budget.kind} ${row.budget.limit}: ${row.met ? 'met' : 'MISSED'}`;
    const ratio = known === undefined ? '' : `${(row.value / known.value).toFixed(2)} x baseline`;
    console.log(
      `${row.name.padEnd(56)} ${`${show(row.value)} ${row.unit}${range}`.padEnd(52)} ${budget.padEnd(24)} ${ratio}`,
    );
  }
}

function save(rows: readonly Measurement[], baselineBefore: Baseline | null): void {
  const kept = (baselineBefore?.measurements ?? []).filter(({ name }) => !rows.some((row) => row.name === name));
  const baseline: Baseline = {
    machine: machine(),
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    measurements: [...rows, ...kept].map(rounded),
  };
  writeFileSync(BASELINE, `${JSON.stringify(baseline, null, 2)}\n`);
}

function rounded(row: Measurement): Measurement {
  const round = (value: number): number => Number(value.toPrecision(4));
  return { ...row, value: round(row.value), min: round(row.min), max: round(row.max) };
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${cpus().length} x ${model}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}`;
}

function show(value: number): string {
  return value.toPrecision(3);
}
