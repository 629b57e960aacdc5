/**
 * The backup of a vault: everything in it, as JSON in the age format, so that the age command reads it too. It is
 * encrypted to a recipient of its own and depends on no key of the vault.
 */

import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { SecretValue } from './envelope.ts';
import { VaultError } from './errors.ts';
import { type FileSystem, replaceFileDurably } from './file-system.ts';
import { secretSchema } from './records.ts';
import type { Vault } from './vault.ts';

const FORMAT = 1;

const exportSchema = z.strictObject({
  format: z.literal(FORMAT),
  vaultId: z.uuid(),
  exportedMs: z.number(),
  epoch: z.int().min(0),
  secrets: z.array(secretSchema),
  values: z.array(
    z.strictObject({
      name: z.string(),
      versionId: z.string(),
      kind: z.enum(['string', 'binary']),
      /** Base64. */
      bytes: z.base64(),
    }),
  ),
});
export type VaultExport = Readonly<z.infer<typeof exportSchema>>;

/** Throws VaultError EXPORT_REFUSED when the recipient is invalid. */
export async function exportVault(
  vault: Vault,
  { recipient, nowMs }: { readonly recipient: string; readonly nowMs: number },
): Promise<{ bytes: Buffer; secrets: number }> {
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    throw refused(`'${recipient}' is not an age recipient`, 'give one that begins with age1', cause);
  }
  const content = contentOf(vault, nowMs);
  const plain = Buffer.from(JSON.stringify(content), 'utf8');
  const bytes = Buffer.from(await encrypter.encrypt(plain));
  plain.fill(0);
  return { bytes, secrets: content.secrets.length };
}

/** Throws VaultError EXPORT_REFUSED when the identity does not open it or the content is not a vault's. */
export async function openExport(bytes: Uint8Array, identity: string): Promise<VaultExport> {
  const plain = Buffer.from(await decrypt(bytes, identity));
  const parsed = exportSchema.safeParse(parseJson(plain.toString('utf8')));
  plain.fill(0);
  if (parsed.success) return parsed.data;
  throw refused('the backup opens, and holds no vault of this format', 'use the version that wrote it', parsed.error);
}

/** The key pair for backups, made at the first one. The identity belongs offline: it opens every backup. */
export async function backupRecipient(path: string, files: FileSystem): Promise<{ recipient: string; isNew: boolean }> {
  const stored = await files.read(path);
  if (stored !== null) return { recipient: await identityToRecipient(stored.toString('utf8').trim()), isNew: false };
  const identity = await generateIdentity();
  await files.makeDir(dirname(path));
  await replaceFileDurably(files, path, Buffer.from(`${identity}\n`, 'utf8'));
  return { recipient: await identityToRecipient(identity), isNew: true };
}

function contentOf(vault: Vault, nowMs: number): VaultExport {
  const values = [...vault.state.values()].map(({ name, versionId }) => {
    const value = vault.read(name, versionId) as SecretValue;
    const entry = { name, versionId, kind: value.kind, bytes: value.bytes.toString('base64') };
    value.bytes.fill(0);
    return entry;
  });
  return {
    format: FORMAT,
    vaultId: vault.keyring.vaultId,
    exportedMs: nowMs,
    epoch: vault.epoch,
    secrets: [...vault.state.secrets.values()],
    values,
  };
}

async function decrypt(bytes: Uint8Array, identity: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity.trim());
    return await decrypter.decrypt(bytes, 'uint8array');
  } catch (cause) {
    throw refused('the identity does not open this backup, or it is damaged', 'name the right --identity file', cause);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function refused(message: string, fix: string, cause: unknown): VaultError {
  return new VaultError('EXPORT_REFUSED', message, { fix, cause });
}
