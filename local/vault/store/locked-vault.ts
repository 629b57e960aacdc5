/**
 * The vault and journal of a data folder, held by this process alone until they are closed.
 */

import { mkdir } from 'node:fs/promises';
import type { Logger } from '../../../shared/ports/logger.ts';
import { acquireLock, type Holder, type Lock } from '../../stack/lock.ts';
import { VaultError } from './errors.ts';
import { diskFileSystem } from './file-system.ts';
import { type Journal, openJournal } from './journal.ts';
import { checkKeyFileMode, type KeySource } from './master-key.ts';
import { openVault } from './open-vault.ts';
import type { VaultPlaces } from './places.ts';
import type { Vault } from './vault.ts';

export interface LockedVaultOptions {
  readonly places: VaultPlaces;
  readonly source: KeySource;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

export interface LockedVault {
  readonly vault: Vault;
  readonly journal: Journal;
  /** The address that whoever finds the vault taken is given. */
  readonly announceUrl: (url: string) => void;
  readonly close: () => Promise<void>;
}

/** Throws VaultError; a refusal of the key or of a file is in the journal. */
export async function openLockedVault(options: LockedVaultOptions): Promise<LockedVault> {
  return withVaultLock(options.places, options.nowMs(), async (lock) => {
    const journal = await openJournal(options.places.journalDir);
    const vault = await unlock(options, journal);
    return {
      vault,
      journal,
      announceUrl: (url) => lock.update({ url }),
      close: async () => {
        await vault.close();
        await journal.close();
        await lock.release();
      },
    };
  });
}

/** Runs with the vault's lock, which stays taken unless the work fails. Throws VaultError LOCKED. */
export async function withVaultLock<Result>(
  { vaultDir }: VaultPlaces,
  nowMs: number,
  work: (lock: Lock) => Promise<Result>,
): Promise<Result> {
  await mkdir(vaultDir, { recursive: true, mode: 0o700 });
  const result = await acquireLock(vaultDir, 'secrets', nowMs);
  if (result.kind === 'held') throw taken(vaultDir, result.holder);
  try {
    return await work(result.lock);
  } catch (error) {
    await result.lock.release();
    throw error;
  }
}

async function unlock({ places, source, logger, nowMs }: LockedVaultOptions, journal: Journal): Promise<Vault> {
  try {
    if (source.kind === 'file') await checkKeyFileMode(source.path);
    return await openVault({ places, files: diskFileSystem(), source, logger, nowMs });
  } catch (error) {
    const outcome = error instanceof VaultError ? error.code : 'FAILED';
    const nobody = { secret: null, versionId: null };
    await journal.record({ atMs: nowMs(), kind: 'refusal', operation: 'Unlock', actor: 'vault', ...nobody, outcome });
    await journal.close();
    throw error;
  }
}

function taken(vaultDir: string, holder: Holder | null): VaultError {
  const who = holder === null ? 'another process' : `process ${holder.pid}`;
  return new VaultError('LOCKED', `${who} has the vault in ${vaultDir}`, {
    fix: 'stop it, or let it do the work: its endpoint answers the same commands',
  });
}
