/**
 * Opens the vault of a data folder, or creates it where there has never been one.
 *
 * Throws VaultError naming the file and what is wrong with it; the files stay as they are.
 */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { assert } from '../../../shared/domain/units/units.ts';
import type { Logger } from '../../../shared/ports/logger.ts';
import { newGeneration, type OpenGeneration, openGeneration } from './envelope.ts';
import { compareCounter, countedBefore, writeCounter } from './epoch-counter.ts';
import { missing } from './errors.ts';
import { type FileSystem, removeUnfinished } from './file-system.ts';
import { createKeyring, type Keyring, openKeyring } from './keyring.ts';
import { createLog, readLog, removeOldFiles } from './log.ts';
import { createKeyFile, type KeySource } from './master-key.ts';
import type { VaultPlaces } from './places.ts';
import type { Change } from './records.ts';
import { keyFor } from './sealing.ts';
import { logPlace, Vault } from './vault.ts';

interface NewVaultOptions {
  readonly places: VaultPlaces;
  readonly files: FileSystem;
  readonly source: KeySource;
  readonly nowMs: () => number;
}

export interface OpenVaultOptions extends NewVaultOptions {
  readonly logger: Logger;
}

/** What a new vault begins with. */
export interface NewContent {
  readonly epoch: number;
  readonly changes: (generation: OpenGeneration) => readonly Change[];
}

const FIRST_GENERATION = 1;

export async function openVault(options: OpenVaultOptions): Promise<Vault> {
  const { places, files } = options;
  for (const dir of [places.vaultDir, places.logDir, places.keysDir]) {
    await files.makeDir(dir);
    await removeUnfinished(files, dir);
  }
  if ((await files.read(places.keyring)) === null) return create(options);
  return openExisting(options);
}

async function create(options: OpenVaultOptions): Promise<Vault> {
  const { places, files } = options;
  if ((await countedBefore(places.counter, files)) > 0) throw missing(places.keyring);
  return new Vault({ ...options, ...(await writeVault(options, { epoch: 0, changes: () => [] })) });
}

/** A new vault with a first generation. The keyring comes last: where there is one, the vault is whole. */
export async function writeVault(options: NewVaultOptions, content: NewContent) {
  const { places, files, source, nowMs } = options;
  for (const dir of [places.vaultDir, places.logDir, places.keysDir]) await files.makeDir(dir);
  for (const name of await files.list(places.logDir)) await files.remove(join(places.logDir, name));
  const id = source.kind === 'file' ? await createKeyFile(source.path, files, randomUUID) : randomUUID();
  const staged = `${places.keyring}.new`;
  const keyring = await createKeyring(staged, source, { id, nowMs: nowMs() }, files);
  const log = await startLog(options, keyring, content);
  await files.rename(staged, places.keyring);
  await files.syncDir(places.vaultDir);
  return { keyring, log };
}

async function openExisting(options: OpenVaultOptions): Promise<Vault> {
  const { places, files, source } = options;
  const keyring = await openKeyring(places.keyring, source, files);
  const place = logPlace({ places, files, keyring });
  const log = await readLog(place);
  const counted = { id: keyring.vaultId, epoch: log.epoch, counterKey: keyFor(keyring.rootKey, 'counter') };
  if (await compareCounter(places.counter, counted, files)) await writeCounter(places.counter, counted, files);
  await removeOldFiles(place, log.snapshotEpoch);
  return new Vault({ ...options, keyring, log });
}

async function startLog({ places, files, nowMs }: NewVaultOptions, keyring: Keyring, content: NewContent) {
  const { rootKey, vaultId } = keyring;
  const generation = newGeneration(rootKey, FIRST_GENERATION, nowMs());
  const open = openGeneration(generation, rootKey);
  assert(open !== null, 'a new generation opens with the key that wrapped it');
  const changes: Change[] = [{ type: 'generation', generation }, ...content.changes(open)];
  const log = await createLog(logPlace({ places, files, keyring }), changes, content.epoch);
  const counted = { id: vaultId, epoch: content.epoch, counterKey: keyFor(rootKey, 'counter') };
  await writeCounter(places.counter, counted, files);
  return log;
}
