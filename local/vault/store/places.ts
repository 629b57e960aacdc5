/**
 * Where the vault keeps what: sealed files in one folder, what opens them in another.
 */

import { join } from 'node:path';

export interface VaultPlaces {
  /** Sealed: worth nothing without the key. */
  readonly vaultDir: string;
  readonly keyring: string;
  readonly logDir: string;
  /** The chained journal of who did what; holds names and no values. */
  readonly journalDir: string;
  /** Never copied together with the vault. */
  readonly keysDir: string;
  readonly keyFile: string;
  readonly counter: string;
  readonly accessKey: string;
  readonly backupIdentity: string;
}

export function vaultPlaces(dataDir: string, keysDir = join(dataDir, 'keys')): VaultPlaces {
  const vaultDir = join(dataDir, 'vault');
  return {
    vaultDir,
    keyring: join(vaultDir, 'keyring'),
    logDir: join(vaultDir, 'log'),
    journalDir: join(dataDir, 'vault-journal'),
    keysDir,
    keyFile: join(keysDir, 'vault.key'),
    counter: join(keysDir, 'vault.epoch'),
    accessKey: join(keysDir, 'access-key.json'),
    backupIdentity: join(keysDir, 'backup-identity.txt'),
  };
}
