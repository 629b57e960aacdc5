/**
 * `cdk synth` for AWS as an operator runs it, bundles and every check included.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PAPER } from '../support/stack/stacks.ts';
import { atMost, measurement, type Measurement, timed } from './measure.ts';

const WITH_NODE = join(import.meta.dirname, '../../scripts/with-node');
const RUNS = 3;
const SYNTH_MS_MAX = 12_000;

export async function benchSynth(): Promise<Measurement[]> {
  const output = mkdtempSync(join(tmpdir(), 'jules-bench-synth-'));
  const pairs = Object.entries(PAPER).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const args = ['cdk', 'synth', '--quiet', '--output', output, ...pairs];
  const synth = () => execFileSync(WITH_NODE, args, { stdio: 'pipe' });
  try {
    const values: number[] = [];
    for (let run = 0; run < RUNS; run++) values.push(await timed(synth));
    return [measurement('cdk synth, seven stacks, checks included', 'ms', values, atMost(SYNTH_MS_MAX))];
  } finally {
    rmSync(output, { recursive: true });
  }
}
