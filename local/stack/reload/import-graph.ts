/**
 * Which files of ours a process runs: its entry and everything that it imports, directly or by way of another file.
 *
 * Reads the text of the imports instead of asking the process, so that a file that does not parse is still known. Types
 * alone are no reason to start anything again: `import type` is left out, as it is when the code runs.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const STATIC_IMPORT = /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'(\.{1,2}\/[^']+)'/gm;
const DYNAMIC_IMPORT = /\bimport\(\s*'(\.{1,2}\/[^']+)'\s*\)/g;

/**
 * Absolute paths, the entry included; also of a file that is imported and not there. `loadsLater`: what is imported while it
 * runs counts as well.
 */
export function filesOf(entry: string, { loadsLater = true } = {}): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    open.push(...importsOf(path, loadsLater));
  }
  return found;
}

/** The files of a folder, such as those that a page is made of; not those of the folders below it. */
export function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
}

/** Empty where there is no file. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function importsOf(path: string, loadsLater: boolean): string[] {
  const text = textOf(path);
  const specifiers = (loadsLater ? [STATIC_IMPORT, DYNAMIC_IMPORT] : [STATIC_IMPORT]).flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, specifier = '']) => specifier),
  );
  return specifiers.map((specifier) => resolve(dirname(path), specifier));
}
