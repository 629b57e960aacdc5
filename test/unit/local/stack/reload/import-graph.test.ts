/**
 * Which files a process runs, read from the text of its imports.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesIn, filesOf } from '../../../../../local/stack/reload/import-graph.ts';

let dir = '';
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'jules-graph-'))));
afterEach(() => rmSync(dir, { recursive: true }));

function files(texts: Readonly<Record<string, string>>): string[] {
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(dir, name), text);
  return [...filesOf(join(dir, 'main.ts'))].map((path) => relative(dir, path)).toSorted();
}

describe('the files of a process', () => {
  it('are its entry and whatever is imported on the way', () => {
    const main = `import { readFileSync } from 'node:fs';\nimport {\n  a,\n  b,\n} from './a.ts';\nimport './effect.ts';\n`;
    const found = files({ 'main.ts': main, 'a.ts': `export { b } from './b.ts';\nexport const a = 1;\n`, 'b.ts': '' });
    expect(found).toEqual(['a.ts', 'b.ts', 'effect.ts', 'main.ts']);
  });

  it('include what is loaded later', () => {
    expect(files({ 'main.ts': `const { host } = await import('./host.ts');\n` })).toEqual(['host.ts', 'main.ts']);
  });

  it('leave out what is loaded later where only the start counts', () => {
    const texts = { 'main.ts': `import './a.ts';\nawait import('./late.ts');\n`, 'a.ts': '' };
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(dir, name), text);
    const found = [...filesOf(join(dir, 'main.ts'), { loadsLater: false })].map((path) => relative(dir, path));
    expect(found.toSorted()).toEqual(['a.ts', 'main.ts']);
  });

  it('leave types out, which are gone when the code runs', () => {
    const main = `import type { A } from './a.ts';\nexport type { B } from './b.ts';\nimport { type C, c } from './c.ts';\n`;
    expect(files({ 'main.ts': main })).toEqual(['c.ts', 'main.ts']);
  });

  it('end where a circle closes, and hold a file that is missing', () => {
    const found = files({ 'main.ts': `import './a.ts';\n`, 'a.ts': `import './main.ts';\nimport './gone.ts';\n` });
    expect(found).toEqual(['a.ts', 'gone.ts', 'main.ts']);
  });

  it('of the gateway hold the core and none of the runner', () => {
    const root = fileURLToPath(new URL('../../../../../', import.meta.url));
    const found = [...filesOf(join(root, 'gateway/main.ts'))].map((path) => relative(root, path));
    expect(found).toContain('shared/domain/calendar/calendar.ts');
    expect(found.filter((path) => path.startsWith('gpu-runner/'))).toEqual([]);
  });
});

describe('the files of a folder', () => {
  it('are its own, not those of the folders below', () => {
    mkdirSync(join(dir, 'below'));
    for (const name of ['index.html', 'below/main.js']) writeFileSync(join(dir, name), '');
    expect(filesIn(dir)).toEqual([join(dir, 'index.html')]);
  });
});
