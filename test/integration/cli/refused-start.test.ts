/**
 * Starts that are refused, as a person meets them: beside a stack that runs otherwise, and on a book that was opened
 * otherwise. Neither leaves a trace of a run that never began.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jules, type RunningJules, startJules } from '../../support/stack/jules.ts';

let folder = '';
let data: string[] = [];
let running: RunningJules;
let url = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jules-refused-'));
  data = ['--data', join(folder, 'data')];
  running = startJules(['start', ...data, '--symbols', 'AAPL', '--speed', '60']);
  url = /http:\S+/.exec(await running.said(/^page /))![0];
  await running.said(/^ready /);
});
afterAll(async () => {
  running.child.kill('SIGINT');
  await running.ended;
  rmSync(folder, { recursive: true, force: true });
});

const texts = (): string[] =>
  ['runs.json', 'stack.json'].map((name) => readFileSync(join(folder, 'data', name), 'utf8'));

describe('beside a stack that runs', () => {
  it('a start with the same options says where it is', async () => {
    const { exitCode, stdout } = await jules(['start', ...data, '--symbols', 'AAPL']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`already running on ${url}`);
  });

  it('a start with other options is refused with those that differ', async () => {
    const { exitCode, stdout, stderr } = await jules(['start', ...data, '--symbols', 'MSFT', '--speed', '60']);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      `already running on ${url} with other options: --symbols is AAPL there, and MSFT is asked for`,
    );
    expect(stderr).not.toContain('--speed');
  });
});

describe('on a book that was opened otherwise', () => {
  it('a start ends before its run begins, and the folder is as the last run left it', async () => {
    running.child.kill('SIGINT');
    expect((await running.ended).exitCode).toBe(0);
    const before = texts();
    const { exitCode, stderr } = await jules(['start', ...data, '--symbols', 'AAPL', '--account', '5000']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'book main was opened with an account of $2,500.00, and the run has an account of $5,000.00',
    );
    expect(stderr).not.toMatch(/begins run|ready|continues at the next start/);
    expect(texts()).toEqual(before);
  });
});
