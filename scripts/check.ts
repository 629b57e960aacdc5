/**
 * Runs every `check:*` script of package.json at once and prints what the failed ones said.
 *
 * All of them run even when one fails, so that one look shows everything there is to fix.
 */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as z from 'zod';

const PREFIX = 'check:';
const manifestSchema = z.object({ scripts: z.record(z.string(), z.string()) });

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly output: string;
  readonly tookMs: number;
}

const manifest = manifestSchema.parse(JSON.parse(readFileSync('package.json', 'utf8')));
const steps = Object.entries(manifest.scripts).filter(([name]) => name.startsWith(PREFIX));
const outcomes = await Promise.all(steps.map(([name, command]) => run(name.slice(PREFIX.length), command)));
report(outcomes);

function run(name: string, command: string): Promise<Outcome> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', (code) => {
      const output = Buffer.concat(chunks).toString('utf8').trim();
      resolve({ name, ok: code === 0, output, tookMs: performance.now() - startedMs });
    });
  });
}

function report(all: readonly Outcome[]): void {
  const failed = all.filter((outcome) => !outcome.ok);
  for (const { name, output } of failed) console.log(`\n--- ${name} ---\n${output}`);
  if (failed.length > 0) console.log('');
  for (const { name, ok, tookMs } of all)
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${(tookMs / 1000).toFixed(1)} s)`);
  console.log(`check: ${all.length - failed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
