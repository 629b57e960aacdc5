/**
 * Puts a backup in place of the vault: a new vault with a new key, counting on from where the old one was, so that the
 * old one cannot come back unnoticed. What was there is moved aside, and the journal says that it happened.
 */

import { existsSync } from 'node:fs';
import { copyFile, rename } from 'node:fs/promises';
import { type OpenGeneration, sealValue } from './envelope.ts';
import { countedBefore } from './epoch-counter.ts';
import type { VaultExport } from './export.ts';
import { diskFileSystem } from './file-system.ts';
import { openJournal } from './journal.ts';
import { withVaultLock } from './locked-vault.ts';
import type { KeySource } from './master-key.ts';
import { writeVault } from './open-vault.ts';
import type { VaultPlaces } from './places.ts';
import type { Change } from './records.ts';

export interface RestoreOptions {
  readonly places: VaultPlaces;
  readonly source: KeySource;
  readonly nowMs: number;
}

export interface Restored {
  readonly secrets: number;
  readonly epoch: number;
  /** Where the vault that was replaced is; null when there was none. */
  readonly keptAs: string | null;
}

/** Throws VaultError. */
export async function restoreVault(content: VaultExport, options: RestoreOptions): Promise<Restored> {
  const { places, nowMs } = options;
  return withVaultLock(places, nowMs, async (lock) => {
    const journal = await openJournal(places.journalDir);
    const epoch = Math.max(await countedSoFar(places), content.epoch) + 1;
    const keptAs = await moveAside(options);
    const files = diskFileSystem();
    await writeVault(
      { ...options, files, nowMs: () => nowMs },
      { epoch, changes: (generation) => changesOf(content, generation) },
    );
    const about = { atMs: nowMs, kind: 'change', operation: 'Restore', actor: 'cli' } as const;
    await journal.record({ ...about, secret: null, versionId: null, outcome: 'ok' });
    await journal.close();
    await lock.release();
    return { secrets: content.secrets.length, epoch, keptAs };
  });
}

function changesOf({ secrets, values }: VaultExport, generation: OpenGeneration): Change[] {
  return [
    ...secrets.map((secret): Change => ({ type: 'secret', secret })),
    ...values.map(({ name, versionId, kind, bytes }): Change => {
      const value = { kind, bytes: Buffer.from(bytes, 'base64') };
      const sealed = sealValue(value, { name, versionId }, generation);
      value.bytes.fill(0);
      return { type: 'value', name, versionId, value: sealed };
    }),
  ];
}

/** A counter that cannot be read counts for nothing: the backup says how far it was. */
async function countedSoFar({ counter }: VaultPlaces): Promise<number> {
  return countedBefore(counter, diskFileSystem()).catch(() => 0);
}

/** Folder, key file and counter, so that the old vault could still be opened. */
async function moveAside({ places, nowMs }: RestoreOptions): Promise<string | null> {
  const suffix = `.before-${new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '')}`;
  if (existsSync(places.keyFile)) await rename(places.keyFile, `${places.keyFile}${suffix}`);
  if (existsSync(places.counter)) await copyFile(places.counter, `${places.counter}${suffix}`);
  if (!existsSync(places.keyring)) return null;
  await rename(places.vaultDir, `${places.vaultDir}${suffix}`);
  return `${places.vaultDir}${suffix}`;
}
