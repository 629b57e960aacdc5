/**
 * The data folder: every kind of unfit folder is refused with its name and a fix, a fit one is made and marked.
 */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  defaultDataDir,
  FREE_BYTES_MIN,
  MARKER_FILE,
  findDataDir,
  openDataDir,
  prepareDataDir,
  realSurroundings,
} from '../../../../local/stack/data-dir.ts';
import { Problem } from '../../../../local/problem.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jules-data-dir-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function refusal(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

function mountinfo(mountPoint: string, type: string, options = 'rw'): string {
  return [
    `22 1 8:1 / / rw - ext4 /dev/sda rw`,
    `90 22 0:50 / ${mountPoint} ${options} - ${type} drive ${options}`,
  ].join('\n');
}

describe('default data folder', () => {
  it('follows XDG_DATA_HOME, else the home folder', () => {
    expect(defaultDataDir({ XDG_DATA_HOME: '/x' })).toBe('/x/intraday-jules');
    expect(defaultDataDir({ HOME: '/people/ann' })).toBe('/people/ann/.local/share/intraday-jules');
    expect(defaultDataDir({ XDG_DATA_HOME: '', HOME: '/people/ann' })).toBe('/people/ann/.local/share/intraday-jules');
  });
});

describe('preparing a data folder', () => {
  it('makes a new one for its owner alone, marks it, and takes it again', () => {
    const dir = join(root, 'new', 'data');
    expect(prepareDataDir(dir)).toBe(dir);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(dir, MARKER_FILE), 'utf8')).toContain('format');
    expect(prepareDataDir(dir)).toBe(dir);
  });

  it('resolves links, so that two names of one folder are one', () => {
    mkdirSync(join(root, 'real'));
    symlinkSync(join(root, 'real'), join(root, 'link'));
    expect(prepareDataDir(join(root, 'link'))).toBe(join(root, 'real'));
  });

  it.each(['9p', 'drvfs', 'ntfs3', 'exfat', 'cifs'])('refuses a %s mount and names it', (type) => {
    const problem = refusal(() =>
      prepareDataDir(join(root, 'data'), { ...realSurroundings(), mountinfo: mountinfo(root, type) }),
    );
    expect(problem).toMatchObject({ exitCode: 2 });
    expect(problem.message).toContain(root);
    expect(problem.message).toContain(type);
    expect(problem.fix).toContain('--data');
  });

  it('refuses a read-only mount', () => {
    const surroundings = { ...realSurroundings(), mountinfo: mountinfo(root, 'ext4', 'ro') };
    expect(refusal(() => prepareDataDir(join(root, 'data'), surroundings))).toMatchObject({ exitCode: 4 });
  });

  it('refuses a full disk with the numbers', () => {
    const surroundings = { ...realSurroundings(), freeBytes: () => FREE_BYTES_MIN - 1 };
    const problem = refusal(() => prepareDataDir(join(root, 'data'), surroundings));
    expect(problem).toMatchObject({ exitCode: 4 });
    expect(problem.message).toContain('199 MiB free, 200 MiB');
  });

  it('refuses the folder of another user', () => {
    const surroundings = { ...realSurroundings(), uid: 4_242 };
    const problem = refusal(() => prepareDataDir(root, surroundings));
    expect(problem).toMatchObject({ exitCode: 2 });
    expect(problem.message).toContain('4242');
  });

  it('refuses a folder with other files in it and leaves them alone', () => {
    writeFileSync(join(root, 'thesis.txt'), 'x');
    expect(refusal(() => prepareDataDir(root)).message).toContain('thesis.txt');
    expect(readFileSync(join(root, 'thesis.txt'), 'utf8')).toBe('x');
  });

  it('refuses a file', () => {
    writeFileSync(join(root, 'file'), 'x');
    expect(refusal(() => prepareDataDir(join(root, 'file'))).message).toContain('is a file');
  });

  it('refuses a folder that may not be written', () => {
    const surroundings = realSurroundings();
    chmodSync(root, 0o500);
    const problem = refusal(() => unprivileged(() => prepareDataDir(join(root, 'data'), surroundings)));
    chmodSync(root, 0o700);
    expect(problem.message).toContain('may not be written');
  });
});

describe('opening a data folder', () => {
  it('refuses a folder that is not ours', () => {
    expect(refusal(() => openDataDir(root))).toMatchObject({ exitCode: 2 });
    expect(refusal(() => openDataDir(join(root, 'absent'))).message).toContain('absent');
  });

  it('refuses one from before the vault, to open as to start on, and lets it be deleted', () => {
    const dataDir = prepareDataDir(join(root, 'old'));
    writeFileSync(join(dataDir, 'credentials.json'), '{}');
    for (const work of [openDataDir, prepareDataDir]) {
      const { message, fix } = refusal(() => work(dataDir));
      expect(message).toContain(`'${dataDir}' was made before there was a vault`);
      expect(fix).toContain('./jules reset');
    }
    expect(findDataDir(dataDir)).toBe(dataDir);
  });
});

/** Root may write everywhere, so for this moment it is nobody. */
function unprivileged<Result>(work: () => Result): Result {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.('nobody');
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}
