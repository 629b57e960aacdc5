/**
 * A backup opens with its own identity and nothing else, and restores what was in the vault.
 */

import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportVault, openExport } from '../../../../../local/vault/store/export.ts';
import { type LockedVault, openLockedVault } from '../../../../../local/vault/store/locked-vault.ts';
import { type VaultPlaces, vaultPlaces } from '../../../../../local/vault/store/places.ts';
import { restoreVault } from '../../../../../local/vault/store/restore.ts';
import { createLogger } from '../../../../../shared/adapters/system/logger.ts';
import { store, textOf } from '../../../../support/secrets/vaults.ts';

const NOW_MS = Date.UTC(2026, 0, 5);
let places: VaultPlaces;
let dataDir = '';
let identity = '';
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'jules-export-'));
  places = vaultPlaces(dataDir);
  identity = await generateIdentity();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function open(): Promise<LockedVault> {
  const source = { kind: 'file', path: places.keyFile } as const;
  return openLockedVault({
    places,
    source,
    logger: createLogger({ name: 'test', level: 'silent' }),
    nowMs: () => NOW_MS,
  });
}

async function backup(): Promise<Buffer> {
  const { vault, close } = await open();
  await store(vault, 'a', 'one');
  await store(vault, 'b', 'two');
  const recipient = await identityToRecipient(identity);
  const { bytes, secrets } = await exportVault(vault, { recipient, nowMs: NOW_MS });
  expect(secrets).toBe(2);
  await close();
  return bytes;
}

function restore(bytes: Buffer) {
  const source = { kind: 'file', path: places.keyFile } as const;
  return openExport(bytes, identity).then((content) => restoreVault(content, { places, source, nowMs: NOW_MS }));
}

describe('a backup', () => {
  it('is an age file without a readable word', async () => {
    const bytes = await backup();
    expect(bytes.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> X25519 /);
    expect(bytes.toString('latin1')).not.toContain('AWSCURRENT');
  });

  it('is refused with another identity, when altered, and for an invalid recipient', async () => {
    const bytes = await backup();
    await expect(openExport(bytes, await generateIdentity())).rejects.toMatchObject({ code: 'EXPORT_REFUSED' });
    await expect(openExport(bytes, 'no identity')).rejects.toMatchObject({ code: 'EXPORT_REFUSED' });
    bytes[bytes.length - 1] = bytes[bytes.length - 1]! ^ 1;
    await expect(openExport(bytes, identity)).rejects.toMatchObject({ code: 'EXPORT_REFUSED' });
    const { vault, close } = await open();
    await expect(exportVault(vault, { recipient: 'age1nobody', nowMs: NOW_MS })).rejects.toMatchObject({
      code: 'EXPORT_REFUSED',
    });
    await close();
  });

  it('restores a vault whose key is lost', async () => {
    const bytes = await backup();
    rmSync(places.keyFile);
    await expect(open()).rejects.toMatchObject({ code: 'KEY_MISSING' });
    const { keptAs, secrets, epoch } = await restore(bytes);
    expect([secrets, epoch]).toEqual([2, 3]);
    expect(readdirSync(keptAs ?? '')).toContain('keyring');
    const { vault, close } = await open();
    expect([textOf(vault, 'a'), textOf(vault, 'b')]).toEqual(['one', 'two']);
    expect(statSync(places.keyFile).mode & 0o777).toBe(0o600);
    await close();
  });

  it('leaves what it replaced where it opens again once it is put back', async () => {
    const bytes = await backup();
    const { keptAs } = await restore(bytes);
    const suffix = (keptAs ?? '').slice(places.vaultDir.length);
    for (const path of [places.vaultDir, places.keyFile, places.counter]) {
      rmSync(path, { recursive: true });
      renameSync(`${path}${suffix}`, path);
    }
    const { vault, close } = await open();
    expect([vault.epoch, textOf(vault, 'a')]).toEqual([2, 'one']);
    await close();
  });

  it('restores into an empty folder', async () => {
    const bytes = await backup();
    rmSync(dataDir, { recursive: true });
    const { keptAs } = await restore(bytes);
    expect(keptAs).toBeNull();
    const { vault, close } = await open();
    expect(textOf(vault, 'a')).toBe('one');
    await close();
  });

  it('counts on, so that the vault before it cannot come back unnoticed, and is recorded', async () => {
    const bytes = await backup();
    const before = await open();
    await store(before.vault, 'a', 'newer');
    await store(before.vault, 'a', 'newest');
    await before.close();
    expect((await restore(bytes)).epoch).toBe(5);
    const { vault, journal, close } = await open();
    expect(textOf(vault, 'a')).toBe('one');
    const operations: string[] = [];
    for await (const { event } of journal.lines()) operations.push(event.operation);
    expect(operations).toContain('Restore');
    await close();
  });
});

describe('a vault on disk', () => {
  it('is opened by one process at a time', async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({ code: 'LOCKED' });
    await first.close();
    await (await open()).close();
  });

  it('does not open with a key file that others may read, and says so in the journal', async () => {
    await backup();
    chmodSync(places.keyFile, 0o644);
    await expect(open()).rejects.toMatchObject({ code: 'KEY_EXPOSED' });
    chmodSync(places.keyFile, 0o600);
    const { journal, close } = await open();
    const outcomes: string[] = [];
    for await (const { event } of journal.lines()) outcomes.push(`${event.operation} ${event.outcome}`);
    expect(outcomes).toContain('Unlock KEY_EXPOSED');
    await close();
  });

  it('keeps its files to its owner', async () => {
    await backup();
    const modes = [places.keyring, places.keyFile, places.counter].map((path) => statSync(path).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
    expect([places.vaultDir, places.keysDir].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
  });
});
