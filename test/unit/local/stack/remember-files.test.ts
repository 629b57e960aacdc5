/**
 * A start that is refused leaves the folder's account of its runs as it was.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runConfig } from '../../../support/core/core.ts';
import { rememberFiles } from '../../../../local/stack/remember-files.ts';
import { chooseRun } from '../../../../local/stack/run-registry.ts';

let dir = '';
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'jules-remember-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const choose = (seed: number) => chooseRun(dir, { config: runConfig({ seed }), market: {}, isNew: false });

it('takes a run away that was chosen and never began', () => {
  rememberFiles(dir)();
  expect(existsSync(join(dir, 'runs.json'))).toBe(false);
  const putBackNothing = rememberFiles(dir);
  choose(1);
  putBackNothing();
  expect(existsSync(join(dir, 'runs.json'))).toBe(false);
});

it('leaves the runs that were there, and the stack that ran last', () => {
  const first = choose(1);
  writeFileSync(join(dir, 'stack.json'), 'the last one');
  const putBack = rememberFiles(dir);
  choose(2);
  writeFileSync(join(dir, 'stack.json'), 'the refused one');
  putBack();
  expect(choose(1)).toEqual({ runId: first.runId, isNew: false });
  expect(choose(2).isNew).toBe(true);
  expect(readFileSync(join(dir, 'stack.json'), 'utf8')).toBe('the last one');
});
