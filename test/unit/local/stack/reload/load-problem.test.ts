/**
 * An error of the code in one line: where it is and what it is.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadProblem, syntaxProblem } from '../../../../../local/stack/reload/load-problem.ts';

let dir = '';
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'jules-load-'))));
afterEach(() => rmSync(dir, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
}

/** What Node writes when it runs the file. */
function outputOf(path: string): string {
  return spawnSync(process.execPath, [path], { encoding: 'utf8' }).stderr;
}

describe('a file that does not parse', () => {
  it('is named with the line', () => {
    const path = write('a.ts', `export const a: number = 1;\n\nexport function f(b: number {\n  return b;\n}\n`);
    expect(syntaxProblem(path, dir)).toBe(`a.ts:3 Expected ',', got '{'`);
  });

  it.each([
    ['it parses', 'a.ts', 'export const a: number = 1;\n'],
    ['it is a style sheet', 'a.css', 'body {'],
  ])('is none where %s', (_what, name, text) => {
    expect(syntaxProblem(write(name, text), dir)).toBeNull();
  });

  it('is none where it is gone', () => {
    expect(syntaxProblem(join(dir, 'gone.ts'), dir)).toBeNull();
  });
});

describe('a process that ended by its code', () => {
  it.each([
    ['a name that the other file lacks', `import { b } from './b.ts';\nb();\n`, /^main\.ts:1 SyntaxError: .+'b'/],
    ['a file that is not there', `import './gone.ts';\n`, /^Error \[ERR_MODULE_NOT_FOUND\]: .+'gone\.ts'.+main\.ts/],
    [
      'an exception at its start',
      `const a = 1;\nthrow new Error('on purpose ' + a);\n`,
      /^main\.ts:2 Error: on purpose 1$/,
    ],
  ])('names the place of %s', (_what, text, problem) => {
    write('package.json', '{"type":"module"}');
    write('b.ts', 'export const c = 1;\n');
    expect(loadProblem(outputOf(write('main.ts', text)), dir)).toMatch(problem);
  });

  it('names it from a logged error too', () => {
    const stack = `file:///code/a.ts:7\nconst x = ;\n          ^\n\nSyntaxError: Expression expected\n    at somewhere`;
    const lines = [{ msg: 'ready' }, { msg: 'the host did not start', err: { message: 'Expression expected', stack } }];
    const log = lines.map((line) => JSON.stringify(line)).join('\n');
    expect(loadProblem(log, '/code')).toBe('a.ts:7 SyntaxError: Expression expected');
  });

  it('is not taken for one that the world ended', () => {
    const err = {
      message: 'another gateway holds the lease',
      stack: 'Error: another gateway holds the lease\n    at run',
    };
    expect(
      loadProblem(`${JSON.stringify({ msg: 'this gateway stops: another one has taken over', err })}\n`, '/code'),
    ).toBeNull();
    expect(loadProblem('', '/code')).toBeNull();
  });
});
