/**
 * What a data folder says of its runs, as it stands before a start: put back where the start is refused before its run has
 * begun, so that the next one finds the folder as the last run left it.
 */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { STACK_FILE } from '../../shared/runtime/stack-file.ts';
import { RUNS_FILE } from './run-registry.ts';
import { writeTextWhole } from './stack-store.ts';

/** Returns what puts them back. */
export function rememberFiles(dataDir: string): () => void {
  const files = [STACK_FILE, RUNS_FILE].map((name) => {
    const path = join(dataDir, name);
    return { path, text: existsSync(path) ? readFileSync(path, 'utf8') : null };
  });
  return () => {
    for (const { path, text } of files) {
      if (text === null) rmSync(path, { force: true });
      else writeTextWhole(path, text);
    }
  };
}
