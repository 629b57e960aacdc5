/**
 * Which folders of the tree import which, from the text of the imports; types count, since they tie two files as well.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g;

/** Arrows between what `nameOf` makes of the two paths; a path that it gives null for is left out. */
export function arrows(nameOf: (path: string) => string | null): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const path of sourceFiles()) {
    const from = nameOf(path);
    if (from === null) continue;
    const targets = found.get(from) ?? new Set<string>();
    found.set(from, targets);
    for (const [, specifier = ''] of readFileSync(path, 'utf8').matchAll(IMPORT)) {
      const to = nameOf(normalize(join(dirname(path), specifier)));
      if (to !== null && to !== from) targets.add(to);
    }
  }
  return found;
}

function sourceFiles(): string[] {
  const listed = execFileSync(
    'git',
    ['-c', 'safe.directory=*', 'ls-files', '--cached', '--others', '--exclude-standard', '-z', '*.ts'],
    { encoding: 'utf8' },
  );
  return listed.split('\0').filter((path) => path !== '' && existsSync(path));
}
