/**
 * Opens the vault of a stack's data folder with everything in it that the stack needs; makes it where there is none.
 *
 * Throws VaultError.
 */

import type { Logger } from '../../../shared/ports/logger.ts';
import type { HostAndPort } from '../../../shared/runtime/addresses.ts';
import { diskFileSystem } from '../store/file-system.ts';
import { type LockedVault, openLockedVault } from '../store/locked-vault.ts';
import type { KeySource } from '../store/master-key.ts';
import type { VaultPlaces } from '../store/places.ts';
import { relocateDatabase } from './relocate.ts';
import { seedSecrets } from './seed.ts';

export interface StackVaultOptions {
  readonly dataDir: string;
  readonly places: VaultPlaces;
  readonly source: KeySource;
  /** Where the database is. */
  readonly at: HostAndPort;
  readonly logger: Logger;
}

export async function openStackVault({ dataDir, places, source, at, logger }: StackVaultOptions): Promise<LockedVault> {
  const nowMs = (): number => Math.floor(Date.now());
  const opened = await openLockedVault({ places, source, logger, nowMs });
  try {
    await seedSecrets({ opened, dataDir, at, files: diskFileSystem(), logger, nowMs: nowMs() });
    await relocateDatabase(opened.vault, at);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}
