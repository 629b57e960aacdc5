/**
 * Writes stack.json and its like into the data folder, whole or not at all.
 */

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStackFile, STACK_FILE, type StackFile, stackFileSchema } from '../../shared/runtime/stack-file.ts';

export function writeStackFile(dataDir: string, stack: StackFile): void {
  writeWhole(join(dataDir, STACK_FILE), stackFileSchema.parse(stack));
}

/** The stack that ran last on this folder; null before the first, or when its file is of another version. */
export function lastStackFile(dataDir: string): StackFile | null {
  try {
    return readStackFile(dataDir);
  } catch {
    return null;
  }
}

/** Through a temporary name, so that a crash never leaves half a file. */
export function writeWhole(path: string, content: unknown): void {
  writeTextWhole(path, `${JSON.stringify(content, null, 2)}\n`);
}

/** The same of a text as it is. */
export function writeTextWhole(path: string, text: string): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}
