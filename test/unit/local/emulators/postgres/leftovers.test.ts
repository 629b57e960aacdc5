/**
 * When a lock file may be removed.
 */

import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesIn, removeStaleLock } from '../../../../../local/emulators/postgres/leftovers.ts';

let dir: string;

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'jules-leftovers-')));
  writeFileSync(join(dir, 'postmaster.pid'), '1\n');
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('what a killed server left', () => {
  it('keeps its lock while a process works in the folder, and loses it after', async () => {
    const worker = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      cwd: dir,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await once(worker, 'spawn');
    expect(processesIn(dir)).toEqual([worker.pid]);
    expect(removeStaleLock(dir)).toBe(false);
    expect(existsSync(join(dir, 'postmaster.pid'))).toBe(true);
    worker.stdin.end();
    await once(worker, 'exit');
    expect(removeStaleLock(dir)).toBe(true);
    expect(existsSync(join(dir, 'postmaster.pid'))).toBe(false);
  });
});
