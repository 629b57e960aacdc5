/**
 * The keyring: how the vault is locked, and its root key wrapped by the master key.
 *
 * One indirection, so that another passphrase means one small file and not every file. Everything in the clear is
 * associated data of the wrapped key, so no field can be changed without the key.
 */

import * as z from 'zod';
import { checkedText, readCheckedText } from './checked-text.ts';
import { missing, VaultError } from './errors.ts';
import { type FileSystem, replaceFileDurably } from './file-system.ts';
import { type KeySource, lockingSchema, masterKey, newLocking } from './master-key.ts';
import { placeOf, randomKey, seal, unseal } from './sealing.ts';

const FORMAT = 1;

const openPartSchema = z.strictObject({
  format: z.literal(FORMAT),
  vaultId: z.uuid(),
  createdMs: z.int(),
  locking: lockingSchema,
});
type OpenPart = z.infer<typeof openPartSchema>;

const keyringSchema = openPartSchema.extend({ root: z.string().min(1).max(256) });

export interface Keyring {
  readonly vaultId: string;
  readonly createdMs: number;
  readonly lockedBy: 'file' | 'passphrase';
  readonly rootKey: Buffer;
}

export async function createKeyring(
  path: string,
  source: KeySource,
  vault: { readonly id: string; readonly nowMs: number },
  files: FileSystem,
): Promise<Keyring> {
  const locking = newLocking(source);
  const open: OpenPart = { format: FORMAT, vaultId: vault.id, createdMs: vault.nowMs, locking };
  const rootKey = randomKey();
  const master = await masterKey(source, { id: vault.id, locking }, files);
  const root = seal(master, rootKey, placeOfRoot(open)).toString('base64');
  master.fill(0);
  await replaceFileDurably(files, path, checkedText({ ...open, root }));
  return { vaultId: vault.id, createdMs: vault.nowMs, lockedBy: locking.kind, rootKey };
}

/** Throws VaultError: MISSING, ALTERED, WRONG_KEY, KEY_MISSING, SWAPPED, FORMAT_UNKNOWN. */
export async function openKeyring(path: string, source: KeySource, files: FileSystem): Promise<Keyring> {
  const bytes = await files.read(path);
  if (bytes === null) throw missing(path);
  const { root, ...open } = readCheckedText(bytes, keyringSchema, { path, format: FORMAT });
  const master = await masterKey(source, { id: open.vaultId, locking: open.locking }, files);
  const rootKey = unseal(master, Buffer.from(root, 'base64'), placeOfRoot(open));
  master.fill(0);
  if (rootKey === null) throw wrongKey(source);
  return { vaultId: open.vaultId, createdMs: open.createdMs, lockedBy: open.locking.kind, rootKey };
}

function placeOfRoot(open: OpenPart): Buffer {
  return placeOf('root', JSON.stringify(open));
}

function wrongKey(source: KeySource): VaultError {
  return source.kind === 'file'
    ? new VaultError('WRONG_KEY', `${source.path} does not open this vault`, {
        fix: 'put the key file of this vault back, or restore a backup: docs/runbooks/secrets.md',
      })
    : new VaultError('WRONG_KEY', 'the passphrase is wrong', {
        fix: 'give the right one; without it only a backup opens: docs/runbooks/secrets.md',
      });
}
