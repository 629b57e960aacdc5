/**
 * The counter beside the key file: how many changes the vault has confirmed. A vault that counts fewer was rolled back.
 *
 * The vault is written first, so after a power cut it may be one ahead.
 */

import { dirname } from 'node:path';
import * as z from 'zod';
import { checkedText, readCheckedText } from './checked-text.ts';
import { altered, swapped, VaultError } from './errors.ts';
import { type FileSystem, replaceFileDurably } from './file-system.ts';

const FORMAT = 1;
const counterSchema = z.strictObject({ format: z.literal(FORMAT), vaultId: z.uuid(), epoch: z.int().min(0) });
const AHEAD_MAX = 1;

export interface CountedVault {
  readonly id: string;
  readonly epoch: number;
  readonly counterKey: Uint8Array;
}

export async function writeCounter(path: string, { id, epoch, counterKey }: CountedVault, files: FileSystem) {
  await files.makeDir(dirname(path));
  await replaceFileDurably(files, path, checkedText({ format: FORMAT, vaultId: id, epoch }, counterKey));
}

/** True when the counter has to be written again because the vault is ahead. Throws VaultError. */
export async function compareCounter(path: string, vault: CountedVault, files: FileSystem): Promise<boolean> {
  const bytes = await files.read(path);
  if (bytes === null) throw gone(path);
  const claimed = claim(bytes);
  if (claimed !== null && claimed.vaultId !== vault.id) throw swapped(path, `counts another vault, ${claimed.vaultId}`);
  const counter = readCheckedText(bytes, counterSchema, { path, format: FORMAT, key: vault.counterKey });
  if (counter.epoch > vault.epoch) throw rolledBack(vault.epoch, counter.epoch);
  if (counter.epoch < vault.epoch - AHEAD_MAX) throw behind(path, vault.epoch, counter.epoch);
  return counter.epoch < vault.epoch;
}

/** What the counter says, believed without a key: enough to refuse the creation of a vault where one has been. */
export async function countedBefore(path: string, files: FileSystem): Promise<number> {
  const bytes = await files.read(path);
  if (bytes === null) return 0;
  const counter = claim(bytes);
  if (counter === null) throw altered(path);
  return counter.epoch;
}

function claim(bytes: Buffer): z.infer<typeof counterSchema> | null {
  const [line = ''] = bytes.toString('utf8').split('\n', 1);
  try {
    return counterSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

const RESTORE = 'put the newest files back, or restore a backup, which is recorded: docs/runbooks/secrets.md';

function gone(path: string): VaultError {
  return new VaultError('COUNTER_BEHIND', `the counter ${path} is not there, so nobody can say how old the vault is`, {
    fix: RESTORE,
  });
}

function rolledBack(epoch: number, counted: number): VaultError {
  return new VaultError('ROLLED_BACK', `the vault holds ${epoch} changes, ${counted} were confirmed: it is older`, {
    fix: RESTORE,
  });
}

function behind(path: string, epoch: number, counted: number): VaultError {
  return new VaultError('COUNTER_BEHIND', `${path} counts ${counted} changes, the vault holds ${epoch}: it is older`, {
    fix: RESTORE,
  });
}
