/**
 * The master key: from a key file that only its owner reads, outside the vault's folder, or by argon2id from a
 * passphrase.
 *
 * The key file is the default, since rotation runs at night and nobody is there to type.
 */

import { argon2, randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { checkedText, readCheckedText } from './checked-text.ts';
import { swapped, VaultError } from './errors.ts';
import { type FileSystem, replaceFileDurably } from './file-system.ts';
import { KEY_BYTES, randomKey } from './sealing.ts';

export type KeySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'passphrase'; readonly passphrase: Uint8Array };

const FORMAT = 1;
const SALT_BYTES = 16;
const OTHERS = 0o077;
const MEMORY_KIB_MAX = 4 * 1024 * 1024;

/** How the vault was locked; stored in the clear, and bound to the key that it leads to. */
export const lockingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file') }),
  z.strictObject({
    kind: z.literal('passphrase'),
    salt: z.string().length(SALT_BYTES * 2),
    memoryKib: z.int().min(8).max(MEMORY_KIB_MAX),
    passes: z.int().min(1).max(64),
    lanes: z.int().min(1).max(16),
  }),
]);
export type Locking = z.infer<typeof lockingSchema>;

/** RFC 9106, second recommended option: 64 MiB, 3 passes, 4 lanes. */
const ARGON2 = { memoryKib: 64 * 1024, passes: 3, lanes: 4 } as const;

const keyFileSchema = z.strictObject({ format: z.literal(FORMAT), vaultId: z.uuid(), key: z.string().length(44) });

const deriveKey = promisify(argon2);

export function newLocking(source: KeySource): Locking {
  if (source.kind === 'file') return { kind: 'file' };
  return { kind: 'passphrase', salt: randomBytes(SALT_BYTES).toString('hex'), ...ARGON2 };
}

/** The caller fills it with zeros after use. Throws VaultError. */
export async function masterKey(
  source: KeySource,
  vault: { readonly id: string; readonly locking: Locking },
  files: FileSystem,
): Promise<Buffer> {
  if (vault.locking.kind === 'passphrase' && source.kind === 'passphrase') {
    return keyFromPassphrase(source.passphrase, vault.locking);
  }
  if (vault.locking.kind === 'file' && source.kind === 'file') {
    const held = await readKeyFile(source.path, files);
    if (held === null) throw keyMissing(source.path);
    if (held.vaultId !== vault.id) throw swapped(source.path, `belongs to vault ${held.vaultId}, not to ${vault.id}`);
    return held.key;
  }
  throw vault.locking.kind === 'file'
    ? new VaultError('WRONG_KEY', 'this vault opens with its key file, not with a passphrase', {
        fix: 'leave the passphrase out',
      })
    : new VaultError('WRONG_KEY', 'this vault opens with a passphrase, not with a key file', {
        fix: 'name a file that holds the passphrase with --passphrase-file',
      });
}

/** The key file for a vault about to be created; one that an interrupted creation left is taken over. */
export async function createKeyFile(path: string, files: FileSystem, newId: () => string): Promise<string> {
  const left = await readKeyFile(path, files);
  if (left !== null) {
    left.key.fill(0);
    return left.vaultId;
  }
  const vaultId = newId();
  const content = { format: FORMAT, vaultId, key: randomKey().toString('base64') };
  await files.makeDir(dirname(path));
  await replaceFileDurably(files, path, checkedText(content));
  return vaultId;
}

async function readKeyFile(path: string, files: FileSystem): Promise<{ vaultId: string; key: Buffer } | null> {
  const bytes = await files.read(path);
  if (bytes === null) return null;
  const { vaultId, key } = readCheckedText(bytes, keyFileSchema, { path, format: FORMAT });
  return { vaultId, key: Buffer.from(key, 'base64') };
}

/** Throws VaultError when the key file can be read by others than its owner. */
export async function checkKeyFileMode(path: string): Promise<void> {
  const mode = await stat(path).then(
    (found) => found.mode,
    () => 0,
  );
  if ((mode & OTHERS) === 0) return;
  throw new VaultError('KEY_EXPOSED', `${path} may be read by others (mode ${(mode & 0o777).toString(8)})`, {
    fix: `chmod 600 '${path}', and rotate every secret if anybody else had access`,
  });
}

function keyFromPassphrase(
  passphrase: Uint8Array,
  { salt, memoryKib, passes, lanes }: Extract<Locking, { kind: 'passphrase' }>,
): Promise<Buffer> {
  return deriveKey('argon2id', {
    message: passphrase,
    nonce: Buffer.from(salt, 'hex'),
    parallelism: lanes,
    tagLength: KEY_BYTES,
    memory: memoryKib,
    passes,
  });
}

function keyMissing(path: string): VaultError {
  return new VaultError('KEY_MISSING', `the key file ${path} is not there`, {
    fix: 'put it back; without it only a backup opens: docs/runbooks/secrets.md, "The key file or passphrase is lost"',
  });
}
