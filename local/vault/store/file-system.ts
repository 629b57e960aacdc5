/**
 * The few things that the vault asks of a disk, so that a test can fail each of them, and the one way in which the
 * vault writes a file: whole under another name, flushed, renamed, the folder flushed. A power cut leaves old or new.
 */

import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface FileSystem {
  /** Null where there is no such file. */
  read(path: string): Promise<Buffer | null>;
  /** Names in a folder; none where there is no such folder. */
  list(dir: string): Promise<string[]>;
  makeDir(dir: string): Promise<void>;
  /** Writes a file that only its owner reads. Not durable before `sync`. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  sync(path: string): Promise<void>;
  /** Replaces what is there. Not durable before `syncDir`. */
  rename(from: string, to: string): Promise<void>;
  syncDir(dir: string): Promise<void>;
  remove(path: string): Promise<void>;
}

const OWNER_ONLY = 0o600;
const FOLDER_OWNER_ONLY = 0o700;
const UNFINISHED = '.unfinished';

/** Up to the rename: the file is there, and a power cut may still take it away until `syncDir`. */
export async function replaceFile(files: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}${UNFINISHED}`;
  await files.write(unfinished, bytes);
  await files.sync(unfinished);
  await files.rename(unfinished, path);
}

export async function replaceFileDurably(files: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  await replaceFile(files, path, bytes);
  await files.syncDir(dirname(path));
}

/** Removes what a power cut left half-written in a folder. */
export async function removeUnfinished(files: FileSystem, dir: string): Promise<void> {
  for (const name of await files.list(dir)) {
    if (name.endsWith(UNFINISHED)) await files.remove(join(dir, basename(name)));
  }
}

export function diskFileSystem(): FileSystem {
  return {
    read: (path) => orNull(readFile(path)),
    list: async (dir) => (await orNull(readdir(dir))) ?? [],
    makeDir: async (dir) => void (await mkdir(dir, { recursive: true, mode: FOLDER_OWNER_ONLY })),
    write: writeWhole,
    sync: (path) => flush(path, 'r+'),
    rename,
    syncDir: (dir) => flush(dir, 'r'),
    remove: (path) => rm(path, { force: true }),
  };
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', OWNER_ONLY);
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

async function flush(path: string, flags: string): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function orNull<Result>(work: Promise<Result>): Promise<Result | null> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
