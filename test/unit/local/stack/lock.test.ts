/**
 * One supervisor per data folder, told by the kernel and not by files that can lie.
 */

import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock, findHolder, type Lock } from '../../../../local/stack/lock.ts';

let dir = '';
const locks: Lock[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jules-lock-'));
});
afterEach(async () => {
  await Promise.all(locks.splice(0).map((lock) => lock.release()));
  rmSync(dir, { recursive: true, force: true });
});

async function acquire(path = dir) {
  const result = await acquireLock(path, 'start', 1_000);
  if (result.kind === 'acquired') locks.push(result.lock);
  return result;
}

describe('lock of a data folder', () => {
  it('tells the second who is there and where', async () => {
    const first = await acquire();
    expect(first.kind).toBe('acquired');
    if (first.kind === 'acquired') first.lock.update({ url: 'http://127.0.0.1:4750/' });
    const holder = {
      pid: process.pid,
      purpose: 'start',
      dataDir: dir,
      startedAtMs: 1_000,
      url: 'http://127.0.0.1:4750/',
    };
    expect(await acquire()).toEqual({ kind: 'held', holder });
    expect(await findHolder(dir)).toEqual(holder);
  });

  it('is one lock for two names of one folder', async () => {
    const link = `${dir}-link`;
    symlinkSync(dir, link);
    await acquire();
    const second = await acquire(link);
    rmSync(link);
    expect(second.kind).toBe('held');
  });

  it('is free again after its release', async () => {
    const first = await acquire();
    if (first.kind === 'acquired') await first.lock.release();
    locks.length = 0;
    expect(await findHolder(dir)).toBeNull();
    expect((await acquire()).kind).toBe('acquired');
  });

  it('lets exactly one of many at once have it', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, () => acquire()));
    expect(results.filter((result) => result.kind === 'acquired')).toHaveLength(1);
  });
});
