/**
 * Of the vault's files no byte can be changed unseen, and no power cut leaves anything but the state before a change
 * or after it.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VaultError } from '../../../../../local/vault/store/errors.ts';
import type { Vault } from '../../../../../local/vault/store/vault.ts';
import { type AfterCut, type PowerCutFiles, powerCutFiles } from '../../../../support/secrets/power-cut-files.ts';
import { openTestVault, store, textOf } from '../../../../support/secrets/vaults.ts';

async function isRefused(files: PowerCutFiles): Promise<boolean> {
  try {
    await openTestVault(files);
    return false;
  } catch (error) {
    if (error instanceof VaultError) return true;
    throw error;
  }
}

async function smallVault(): Promise<PowerCutFiles> {
  const files = powerCutFiles();
  const vault = await openTestVault(files);
  await store(vault, 'a', 'x');
  await store(vault, 'b', 'y');
  await vault.close();
  return files;
}

/** As the rotation of encryption keys goes on after a crash, in batches so small that there are several. */
async function rotateKeys(vault: Vault): Promise<void> {
  const generation = await vault.nextGeneration(1);
  while ((await vault.rewrapSome(2)) > 0);
  expect((await vault.checkGeneration(generation)).elsewhere).toBe(0);
  await vault.retireGenerations();
}

async function rotatedVault(): Promise<PowerCutFiles> {
  const files = await smallVault();
  const vault = await openTestVault(files);
  await rotateKeys(vault);
  await vault.close();
  return files;
}

describe('every single byte', () => {
  it.each([
    ['of a vault', smallVault],
    ['of one whose keys were rotated', rotatedVault],
  ])('%s altered by one bit is refused', async (_which, makeFiles) => {
    const files = await makeFiles();
    const accepted: string[] = [];
    for (const path of files.paths()) {
      const bytes = files.peek(path);
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = files.restore('kept');
        const altered = Buffer.from(bytes);
        altered[at] = altered[at]! ^ (1 << (at % 8));
        changed.put(path, altered);
        if (!(await isRefused(changed))) accepted.push(`${path} at ${at}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('altered to anything, taken away or added is refused', async () => {
    const files = await smallVault();
    const place = fc.record({
      path: fc.constantFrom(...files.paths()),
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      insert: fc.uint8Array({ maxLength: 3 }),
      remove: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(place, async ({ path, at, insert, remove }) => {
        const bytes = files.peek(path);
        const from = Math.floor(at * (bytes.length + 1));
        const altered = Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
        fc.pre(!altered.equals(bytes));
        const changed = files.restore('kept');
        changed.put(path, altered);
        expect(await isRefused(changed)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a power cut', () => {
  const after: AfterCut[] = ['lost', 'torn', 'kept'];

  it.each(after)('at any write of a change leaves old or new, and confirmed is kept (%s)', async (mode) => {
    for (let at = 1; ; at += 1) {
      const files = powerCutFiles();
      const vault = await openTestVault(files);
      await store(vault, 'a', 'old');
      files.cutAt(files.operations + at);
      const isConfirmed = await store(vault, 'a', 'new').then(
        () => true,
        () => false,
      );
      const again = await openTestVault(files.restore(mode));
      expect(isConfirmed ? ['new'] : ['old', 'new']).toContain(textOf(again, 'a'));
      await store(again, 'a', 'after');
      expect(textOf(again, 'a')).toBe('after');
      if (isConfirmed) break;
      expect(at).toBeLessThan(50);
    }
  });

  it.each(after)('at any write of the creation leaves a vault that can be used (%s)', async (mode) => {
    for (let at = 1; ; at += 1) {
      const files = powerCutFiles();
      files.cutAt(at);
      const isCreated = await openTestVault(files).then(
        () => true,
        () => false,
      );
      const again = await openTestVault(files.restore(mode));
      await store(again, 'a', 'text');
      expect(textOf(again, 'a')).toBe('text');
      if (isCreated) break;
      expect(at).toBeLessThan(100);
    }
  });

  it.each(after)('at any write of a rotation of keys loses no value, and the rotation goes on (%s)', async (mode) => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (let at = 1; ; at += 1) {
      const files = powerCutFiles();
      const vault = await openTestVault(files);
      for (const name of names) await store(vault, name, `text of ${name}`);
      files.cutAt(files.operations + at);
      const isDone = await rotateKeys(vault).then(
        () => true,
        () => false,
      );
      const again = await openTestVault(files.restore(mode));
      expect(names.map((name) => textOf(again, name))).toEqual(names.map((name) => `text of ${name}`));
      await rotateKeys(again);
      expect([...again.state.generations.keys()]).toEqual([2]);
      expect(names.map((name) => textOf(again, name))).toEqual(names.map((name) => `text of ${name}`));
      if (isDone) break;
      expect(at).toBeLessThan(100);
    }
  });

  it.each(after)('at any write of a compaction loses nothing (%s)', async (mode) => {
    const full = powerCutFiles();
    const filled = await openTestVault(full);
    for (let n = 1; n <= 511; n += 1) await store(filled, `s${n % 3}`, `text ${n}`);
    for (let at = 1; ; at += 1) {
      const files = full.restore('kept');
      const vault = await openTestVault(files);
      files.cutAt(files.operations + at);
      const isConfirmed = await store(vault, 'last', 'text').then(
        () => true,
        () => false,
      );
      const again = await openTestVault(files.restore(mode));
      expect(textOf(again, 's1')).toBe('text 511');
      expect(isConfirmed ? ['text'] : ['text', null]).toContain(textOf(again, 'last'));
      if (at > 40) break;
    }
  });
});
