/**
 * Opens the vault of a stack's data folder with everything in it that the stack needs; makes it where there is none.
 *
 * Throws VaultError.
 */

import type { Logger } from '../../../shared/ports/logger.ts';
import type { HostAndPort } from '../../../shared/runtime/addresses.ts';
import { type LockedVault, openLockedVault } from '../store/locked-vault.ts';
import { vaultPlaces } from '../store/places.ts';
import { relocateDatabase } from './relocate.ts';
import { seedSecrets } from './seed.ts';

export interface StackVaultOptions {
  readonly dataDir: string;
  /** Where the database is. */
  readonly at: HostAndPort;
  readonly logger: Logger;
}

/** Its key is the key file of the folder: a stack starts without a person who could type a passphrase. */
export async function openStackVault({ dataDir, at, logger }: StackVaultOptions): Promise<LockedVault> {
  const places = vaultPlaces(dataDir);
  const source = { kind: 'file', path: places.keyFile } as const;
  const nowMs = (): number => Math.floor(Date.now());
  const opened = await openLockedVault({ places, source, logger, nowMs });
  try {
    await seedSecrets({ opened, at, nowMs: nowMs() });
    await relocateDatabase(opened.vault, at);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}
