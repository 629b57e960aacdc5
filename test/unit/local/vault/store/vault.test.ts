/**
 * The vault keeps what it confirmed, opens for its own key only, and says in which way a file was tampered with.
 */

import { describe, expect, it } from 'vitest';
import { VaultError, type VaultErrorCode } from '../../../../../local/vault/store/errors.ts';
import { type PowerCutFiles, powerCutFiles } from '../../../../support/secrets/power-cut-files.ts';
import { KEY_FILE, openTestVault, PLACES, store, textOf } from '../../../../support/secrets/vaults.ts';

const PASSPHRASE = { kind: 'passphrase', passphrase: Buffer.from('correct horse battery staple') } as const;

async function refusal(open: Promise<unknown>): Promise<VaultErrorCode | null> {
  const error: unknown = await open.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof VaultError ? error.code : null;
}

async function filledVault(texts: readonly string[] = ['one', 'two', 'three']): Promise<PowerCutFiles> {
  const files = powerCutFiles();
  const vault = await openTestVault(files);
  for (const text of texts) await store(vault, `secret/${text}`, text);
  await vault.close();
  return files;
}

/** In the order in which they were written. */
function segments(files: PowerCutFiles): string[] {
  return files.paths().filter((path) => path.startsWith(`${PLACES.logDir}/segment-`));
}

describe('a vault', () => {
  it('gives back what was stored, after it was closed and opened again', async () => {
    const vault = await openTestVault(await filledVault());
    expect(['one', 'two', 'three', 'four'].map((text) => textOf(vault, `secret/${text}`))).toEqual([
      'one',
      'two',
      'three',
      null,
    ]);
    expect(vault.epoch).toBe(3);
  });

  it('holds no name and no value in the clear', async () => {
    const files = await filledVault(['marked-value']);
    const everything = Buffer.concat(files.paths().map((path) => files.peek(path))).toString('latin1');
    expect(everything).not.toContain('marked-value');
    expect(everything).not.toContain('secret/');
    expect(everything).not.toContain(Buffer.from('marked-value').toString('base64').slice(0, 12));
  });

  it('opens with its passphrase', async () => {
    const files = powerCutFiles();
    const vault = await openTestVault(files, PASSPHRASE);
    await store(vault, 'a', 'text');
    await vault.close();
    expect(textOf(await openTestVault(files, PASSPHRASE), 'a')).toBe('text');
    expect(files.paths()).not.toContain(PLACES.keyFile);
  });

  it('keeps a snapshot in place of many changes', async () => {
    const files = powerCutFiles();
    const vault = await openTestVault(files);
    for (let n = 0; n < 520; n += 1) await store(vault, `s${n % 7}`, `text ${n}`);
    await vault.close();
    expect(segments(files)).toHaveLength(8);
    const again = await openTestVault(files);
    expect(again.epoch).toBe(520);
    expect(textOf(again, 's1')).toBe('text 519');
  });

  it('forgets the values of versions that a secret no longer lists', async () => {
    const files = powerCutFiles();
    const vault = await openTestVault(files);
    const versionId = await store(vault, 'a', 'text');
    await store(vault, 'a', 'other');
    expect(vault.read('a', versionId)).toBeNull();
    await vault.transact((transaction) => transaction.remove('a'));
    expect([...vault.state.values()]).toEqual([]);
  });

  it('remembers on which day a version was read', async () => {
    const files = powerCutFiles();
    const vault = await openTestVault(files);
    const versionId = await store(vault, 'a', 'text');
    vault.touch('a', versionId, 86_400_000);
    vault.touch('a', versionId, 86_400_000);
    await vault.close();
    const secret = (await openTestVault(files)).state.secrets.get('a');
    expect([secret?.accessedDayMs, secret?.versions[0]?.accessedDayMs]).toEqual([86_400_000, 86_400_000]);
  });

  it('runs changes one after another, each seeing the one before', async () => {
    const vault = await openTestVault();
    await store(vault, 'a', 'text');
    const add = () =>
      vault.transact((transaction) => {
        const secret = transaction.find('a')!;
        transaction.put({ ...secret, description: `${secret.description ?? ''}x` });
      });
    await Promise.all(Array.from({ length: 5 }, add));
    expect(vault.state.secrets.get('a')?.description).toBe('xxxxx');
  });
});

describe('generations of the key', () => {
  it('take over value by value, and the old one goes when nothing needs it', async () => {
    const files = await filledVault();
    const vault = await openTestVault(files);
    expect(await vault.nextGeneration(1)).toBe(2);
    expect(await vault.nextGeneration(1)).toBe(2);
    expect(await vault.retireGenerations()).toEqual([]);
    expect(await vault.rewrapSome(2)).toBe(1);
    await vault.close();

    const resumed = await openTestVault(files);
    await store(resumed, 'secret/new', 'new');
    expect(await resumed.rewrapSome(2)).toBe(0);
    expect(await resumed.retireGenerations()).toEqual([1]);
    await resumed.close();

    const last = await openTestVault(files);
    expect(['one', 'two', 'three', 'new'].map((text) => textOf(last, `secret/${text}`))).toEqual([
      'one',
      'two',
      'three',
      'new',
    ]);
    expect([...last.state.generations.keys()]).toEqual([2]);
  });
});

describe('a vault refuses', () => {
  it('a wrong passphrase', async () => {
    const files = powerCutFiles();
    await (await openTestVault(files, PASSPHRASE)).close();
    const wrong = { kind: 'passphrase', passphrase: Buffer.from('another') } as const;
    expect(await refusal(openTestVault(files, wrong))).toBe('WRONG_KEY');
    expect(await refusal(openTestVault(files, KEY_FILE))).toBe('WRONG_KEY');
  });

  it('a passphrase where a key file opens it', async () => {
    expect(await refusal(openTestVault(await filledVault(), PASSPHRASE))).toBe('WRONG_KEY');
  });

  it('to open without its key file', async () => {
    const files = await filledVault();
    files.take(PLACES.keyFile);
    expect(await refusal(openTestVault(files))).toBe('KEY_MISSING');
  });

  it('files of another vault, whichever they are', async () => {
    const mine = await filledVault();
    const other = await filledVault();
    const codes = await Promise.all(
      mine.paths().map(async (path) => {
        const mixed = mine.restore('kept');
        mixed.put(path, other.peek(path));
        return refusal(openTestVault(mixed));
      }),
    );
    expect(new Set(codes)).toEqual(new Set(['SWAPPED']));
  });

  it('two files that changed places', async () => {
    const files = await filledVault();
    const [first, second] = segments(files);
    const bytes = files.peek(first!);
    files.put(first!, files.peek(second!));
    files.put(second!, bytes);
    expect(await refusal(openTestVault(files))).toBe('SWAPPED');
  });

  it('a change of another history of the same vault', async () => {
    const files = await filledVault();
    const forked = files.restore('kept');
    const [mine, theirs] = [await openTestVault(files), await openTestVault(forked)];
    await store(mine, 'a', 'mine');
    await store(mine, 'a', 'mine again');
    await store(theirs, 'a', 'theirs');
    const forkedPath = segments(forked).at(-1)!;
    files.put(forkedPath, forked.peek(forkedPath));
    expect(await refusal(openTestVault(files))).toBe('SWAPPED');
  });

  it('an older copy of itself', async () => {
    const files = await filledVault();
    const older = files.restore('kept');
    const vault = await openTestVault(files);
    await store(vault, 'a', 'newer');
    await vault.close();
    older.put(PLACES.counter, files.peek(PLACES.counter));
    expect(await refusal(openTestVault(older))).toBe('ROLLED_BACK');
  });

  it('an older counter, and a counter that is gone', async () => {
    const files = await filledVault();
    const older = files.peek(PLACES.counter);
    const vault = await openTestVault(files);
    await store(vault, 'a', 'one');
    await store(vault, 'a', 'two');
    await vault.close();
    files.put(PLACES.counter, older);
    expect(await refusal(openTestVault(files))).toBe('COUNTER_BEHIND');
    files.take(PLACES.counter);
    expect(await refusal(openTestVault(files))).toBe('COUNTER_BEHIND');
  });

  it('to begin again where a vault has been', async () => {
    const files = await filledVault();
    for (const path of files.paths()) if (path.startsWith(`${PLACES.vaultDir}/`)) files.take(path);
    expect(await refusal(openTestVault(files))).toBe('MISSING');
  });

  it('a log with a hole', async () => {
    const files = await filledVault();
    files.take(segments(files)[1]!);
    expect(await refusal(openTestVault(files))).toBe('MISSING');
  });

  it('a file that it did not write', async () => {
    const files = await filledVault();
    files.put(`${PLACES.logDir}/notes`, Buffer.from('hello'));
    expect(await refusal(openTestVault(files))).toBe('ALTERED');
  });

  it('a log of a newer format', async () => {
    const files = await filledVault();
    const path = segments(files)[0]!;
    const bytes = files.peek(path);
    bytes.writeUInt8(2, 6);
    files.put(path, bytes);
    expect(await refusal(openTestVault(files))).toBe('FORMAT_UNKNOWN');
  });
});

describe('a disk that does not take a change', () => {
  it('costs that change and no other, wherever it fails', async () => {
    for (let failing = 1; ; failing += 1) {
      const files = powerCutFiles();
      const vault = await openTestVault(files);
      await store(vault, 'a', 'old');
      files.failOnceAt(files.operations + failing);
      const failed = await refusal(store(vault, 'a', 'new'));
      if (failed === null) break;
      expect(failed).toBe('WRITE_FAILED');
      expect(textOf(vault, 'a')).toBe('old');
      await store(vault, 'b', 'next');
      await vault.close();
      const again = await openTestVault(files);
      expect(textOf(again, 'b')).toBe('next');
      expect(['old', 'new']).toContain(textOf(again, 'a'));
      expect(failing).toBeLessThan(20);
    }
  });
});
