/**
 * Real processes that end, that are ended, and that leave others behind.
 */

import { describe, expect, it } from 'vitest';
import { runTool, type ToolEnd } from '../../../../local/deploy/tool.ts';

function run(
  script: string,
  changes: { timeoutMs?: number; signal?: AbortSignal; onLine?: (line: string) => void } = {},
): Promise<ToolEnd> {
  return runTool({
    command: '/bin/sh',
    args: ['-c', script],
    env: { PATH: process.env['PATH'] ?? '' },
    cwd: '/',
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    ...changes,
  });
}

/** A grandchild that would outlive its parent: its process id is the only line that is printed. */
const LEAVES_A_GRANDCHILD = 'sleep 60 & echo $!; trap "" TERM; wait; sleep 60';

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && isAlive(pid); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  return !isAlive(pid);
}

describe('running a tool', () => {
  it('tells its lines as they come, and its exit code', async () => {
    const lines: string[] = [];
    const end = await run('echo one; echo two >&2; exit 3', { onLine: (line) => lines.push(line) });
    expect(end).toMatchObject({ kind: 'exited', code: 3 });
    expect(lines.toSorted()).toEqual(['one', 'two']);
  });

  it('passes on nothing of our environment that was not named', async () => {
    const end = await run('echo "${HOME:-none}"');
    expect(end.output).toBe('none');
  });

  it('ends a tool at its time limit, with everything it started', async () => {
    const end = await run(LEAVES_A_GRANDCHILD, { timeoutMs: 300 });
    expect(end.kind).toBe('timed-out');
    expect(await untilGone(Number(end.output))).toBe(true);
  });

  it('ends a tool when it is stopped, with everything it started', async () => {
    const stop = new AbortController();
    const end = await run(LEAVES_A_GRANDCHILD, { signal: stop.signal, onLine: () => stop.abort() });
    expect(end.kind).toBe('stopped');
    expect(await untilGone(Number(end.output))).toBe(true);
  });

  it('starts nothing once it was stopped', async () => {
    expect(await run('echo ran', { signal: AbortSignal.abort() })).toEqual({ kind: 'stopped', output: '' });
  });

  it('fails when there is no such tool', async () => {
    const missing = runTool({
      command: '/no/such/tool',
      args: [],
      env: {},
      cwd: '/',
      timeoutMs: 1_000,
      signal: new AbortController().signal,
    });
    await expect(missing).rejects.toThrow('ENOENT');
  });
});
