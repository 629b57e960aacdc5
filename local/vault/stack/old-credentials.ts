/**
 * The file that held the credentials of a data folder before the vault did. It is read once, taken over, and removed.
 */

import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { VaultError } from '../store/errors.ts';
import type { FileSystem } from '../store/file-system.ts';

const oldCredentialsSchema = z.strictObject({
  format: z.literal(1),
  superuser: z.string().min(16),
  owner: z.string().min(16),
  app: z.string().min(16),
  reader: z.string().min(16),
  pageToken: z.string().min(16),
});
export type OldCredentials = Readonly<z.infer<typeof oldCredentialsSchema>>;

export function oldCredentialsPath(dataDir: string): string {
  return join(dataDir, 'credentials.json');
}

/** Null where there is none. Throws VaultError when it is damaged; the parser's message could quote it. */
export function readOldCredentials(dataDir: string): OldCredentials | null {
  const path = oldCredentialsPath(dataDir);
  try {
    return oldCredentialsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new VaultError('ALTERED', `${path} cannot be read, or is damaged`, {
      fix: 'restore it from a backup: it holds the passwords of the database; or start over with ./jules reset',
    });
  }
}

export async function removeOldCredentials(dataDir: string, files: FileSystem): Promise<void> {
  const path = oldCredentialsPath(dataDir);
  await rm(path, { force: true });
  await files.syncDir(dirname(path));
}
