/**
 * A disk in memory that loses power: at a chosen operation everything fails, and what was not flushed is kept, torn
 * or lost, as the test asks.
 */

import { dirname } from 'node:path';
import type { FileSystem } from '../../../local/vault/store/file-system.ts';

export type AfterCut = 'lost' | 'torn' | 'kept';

export interface PowerCutFiles extends FileSystem {
  /** Operations that change something, so far. */
  readonly operations: number;
  /** The operation with this number fails, and every one after it. */
  cutAt(operation: number): void;
  /** Only the operation with this number fails: a full disk. */
  failOnceAt(operation: number): void;
  /** Power is back: what the disk holds now. */
  restore(after: AfterCut): PowerCutFiles;
  paths(): string[];
  peek(path: string): Buffer;
  put(path: string, bytes: Buffer): void;
  take(path: string): void;
}

interface Inode {
  bytes: Buffer;
  flushed: Buffer | null;
}

type Folder = Map<string, Inode>;

class PowerCutError extends Error {
  override readonly name = 'PowerCutError';
}

export function powerCutFiles(seen: Folder = new Map(), durable: Folder = new Map(seen)): PowerCutFiles {
  let operations = 0;
  let cutAt = Number.POSITIVE_INFINITY;
  let failAt = Number.POSITIVE_INFINITY;

  function change(apply: () => void): void {
    operations += 1;
    if (operations >= cutAt || operations === failAt) throw new PowerCutError(`no power at operation ${operations}`);
    apply();
  }

  return {
    get operations() {
      return operations;
    },
    cutAt: (operation) => void (cutAt = operation),
    failOnceAt: (operation) => void (failAt = operation),
    read: async (path) => copyOf(seen.get(path)?.bytes),
    list: async (dir) =>
      [...seen.keys()].filter((path) => dirname(path) === dir).map((path) => path.slice(dir.length + 1)),
    makeDir: async () => undefined,
    write: async (path, bytes) => change(() => void seen.set(path, { bytes: Buffer.from(bytes), flushed: null })),
    sync: async (path) =>
      change(() => {
        const inode = seen.get(path)!;
        inode.flushed = inode.bytes;
      }),
    rename: async (from, to) =>
      change(() => {
        seen.set(to, seen.get(from)!);
        seen.delete(from);
      }),
    syncDir: async (dir) => change(() => flushDir(dir, seen, durable)),
    remove: async (path) => change(() => void seen.delete(path)),
    restore: (after) => powerCutFiles(survivors(after, seen, durable)),
    paths: () => [...seen.keys()].sort(),
    peek: (path) => Buffer.from(seen.get(path)!.bytes),
    put: (path, bytes) => void seen.set(path, { bytes, flushed: bytes }),
    take: (path) => void seen.delete(path),
  };
}

function flushDir(dir: string, seen: Folder, durable: Folder): void {
  for (const path of durable.keys()) if (dirname(path) === dir && !seen.has(path)) durable.delete(path);
  for (const [path, inode] of seen) if (dirname(path) === dir) durable.set(path, inode);
}

function survivors(after: AfterCut, seen: Folder, durable: Folder): Folder {
  const entries = after === 'lost' ? durable : seen;
  return new Map(
    [...entries].map(([path, inode]) => {
      const bytes = after === 'kept' ? inode.bytes : (inode.flushed ?? tornOf(after, inode.bytes));
      return [path, { bytes, flushed: bytes }];
    }),
  );
}

function tornOf(after: AfterCut, bytes: Buffer): Buffer {
  return after === 'torn' ? bytes.subarray(0, Math.floor(bytes.length / 2)) : Buffer.alloc(0);
}

function copyOf(bytes: Buffer | undefined): Buffer | null {
  return bytes === undefined ? null : Buffer.from(bytes);
}
