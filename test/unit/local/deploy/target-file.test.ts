/**
 * The active target on disk.
 */

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  readTargetFile,
  removeTargetFile,
  type TargetFile,
  writeTargetFile,
} from '../../../../local/deploy/target-file.ts';

const FILE: TargetFile = {
  format: 1,
  target: 'ministack',
  endpoint: 'http://127.0.0.1:4577',
  version: '1.5.33',
  account: '000000000000',
  region: 'us-east-1',
  stage: 'local',
  timing: 'default',
  functions: 'target',
  ports: { postgres: 20_001, runner: 20_002 },
  stacks: ['jules-local-messaging'],
  state: 'deploying',
  startedAtMs: 1,
  finishedAtMs: null,
  emulatorPid: null,
};

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jules-target-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('the active target', () => {
  it('is none before the first deploy, and none after a destroy', () => {
    expect(readTargetFile(dir)).toBeNull();
    writeTargetFile(dir, FILE);
    removeTargetFile(dir);
    expect(readTargetFile(dir)).toBeNull();
  });

  it('is read as it was written, by its owner alone', () => {
    writeTargetFile(dir, FILE);
    expect(readTargetFile(dir)).toEqual(FILE);
    expect(statSync(join(dir, 'target.json')).mode & 0o777).toBe(0o600);
  });

  it.each(['', '{', '{"format":2}'])('is refused with a fix when its file holds %j', (text) => {
    writeFileSync(join(dir, 'target.json'), text);
    expect(() => readTargetFile(dir)).toThrow(/target\.json is damaged/);
  });
});
