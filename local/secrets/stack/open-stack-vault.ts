/**
 * Opens the vault of a stack's data folder with everything in it that the stack needs; makes it where there is none.
 *
 * Throws VaultError.
 */

import type { Logger } from '../../../shared/ports/logger.ts';
import { diskFileSystem } from '../vault/file-system.ts';
import { type LockedVault, openLockedVault } from '../vault/locked-vault.ts';
import type { KeySource } from '../vault/master-key.ts';
import type { VaultPlaces } from '../vault/places.ts';
import { relocateDatabase } from './relocate.ts';
import { seedSecrets } from './seed.ts';

export interface StackVaultOptions {
  readonly dataDir: string;
  readonly places: VaultPlaces;
  readonly source: KeySource;
  /** Where the database is. */
  readonly port: number;
  readonly logger: Logger;
}

export async function openStackVault({
  dataDir,
  places,
  source,
  port,
  logger,
}: StackVaultOptions): Promise<LockedVault> {
  const nowMs = (): number => Math.floor(Date.now());
  const opened = await openLockedVault({ places, source, logger, nowMs });
  try {
    await seedSecrets({ opened, dataDir, port, files: diskFileSystem(), logger, nowMs: nowMs() });
    await relocateDatabase(opened.vault, port);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}
