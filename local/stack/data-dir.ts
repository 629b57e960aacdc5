/**
 * The data folder: where it is, whether it can be used, and the marker that says it is ours.
 *
 * Throws Problem naming the folder, what is wrong with it and the fix.
 */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isUnfit, type Mount, mountOf } from './mounts.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_USAGE, Problem } from '../problem.ts';

/** Lies in every data folder of ours, so that nothing else is ever taken for one, or deleted as one. */
export const MARKER_FILE = '.intraday-jules';
const FILE_BEFORE_THE_VAULT = 'credentials.json';
export const FREE_BYTES_MIN = 200 * 1024 * 1024;

export function defaultDataDir(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const base = env['XDG_DATA_HOME'] || join(env['HOME'] || homedir(), '.local', 'share');
  return join(base, 'intraday-jules');
}

/** What the checks look at; a test hands in its own. */
export interface Surroundings {
  readonly mountinfo: string;
  readonly freeBytes: (dir: string) => number;
  readonly uid: number;
}

/** Creates the folder where needed and returns its real path. Throws Problem. */
export function prepareDataDir(dir: string, surroundings: Surroundings = realSurroundings()): string {
  const path = resolve(dir);
  checkMount(path, surroundings);
  create(path);
  checkOwner(path, surroundings.uid);
  checkOurs(path);
  checkVersion(path);
  checkSpace(path, surroundings);
  mark(path);
  return realpathSync(path);
}

/** The real path of a data folder that exists and that this version can use. Throws Problem. */
export function openDataDir(dir: string): string {
  const path = findDataDir(dir);
  checkVersion(path);
  return path;
}

/** The real path of a data folder of any version. Throws Problem. */
export function findDataDir(dir: string): string {
  const path = resolve(dir);
  if (existsSync(join(path, MARKER_FILE))) return realpathSync(path);
  throw new Problem(`--data: '${path}' is not a data folder of IntradayJules`, {
    fix: 'name the folder of an earlier ./jules start or ./jules replay --keep, or run ./jules start first',
    exitCode: EXIT_USAGE,
  });
}

/** @internal Exported for its tests. */
export function realSurroundings(): Surroundings {
  return {
    mountinfo: existsSync('/proc/self/mountinfo') ? readFileSync('/proc/self/mountinfo', 'utf8') : '',
    freeBytes: (dir) => {
      const { bavail, bsize } = statfsSync(dir);
      return bavail * bsize;
    },
    uid: process.getuid?.() ?? -1,
  };
}

function checkMount(path: string, { mountinfo }: Surroundings): void {
  const mount: Mount | null = mountOf(existingPart(path), mountinfo);
  if (mount && isUnfit(mount)) {
    throw new Problem(
      `--data: '${path}' lies on ${mount.mountPoint}, a ${mount.type} mount (Windows or foreign disk) where Postgres cannot keep its files`,
      {
        fix: `use a folder of the Linux disk, such as --data ${defaultDataDir()}`,
        exitCode: EXIT_USAGE,
      },
    );
  }
  if (mount?.isReadOnly) throw readOnly(path);
}

/** The nearest ancestor that exists, with links resolved. */
function existingPart(path: string): string {
  return existsSync(path) || path === '/' ? realpathSync(path) : existingPart(dirname(path));
}

function create(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw fileProblem(path, cause);
  }
}

function checkOwner(path: string, uid: number): void {
  const owner = statSync(path).uid;
  if (owner === uid) return;
  throw new Problem(`--data: '${path}' belongs to user ${owner}, this process runs as user ${uid}`, {
    fix: 'start as the owner of the folder, or name another with --data DIR',
    exitCode: EXIT_USAGE,
  });
}

function checkOurs(path: string): void {
  const names = readdirSync(path);
  if (names.length === 0 || names.includes(MARKER_FILE)) return;
  throw new Problem(
    `--data: '${path}' holds other files (such as '${names[0]}') and is not a data folder of IntradayJules`,
    {
      fix: 'name an empty or a new folder with --data DIR',
      exitCode: EXIT_USAGE,
    },
  );
}

/** Before the vault, passwords lay in a file that no later version reads. */
function checkVersion(path: string): void {
  if (!existsSync(join(path, FILE_BEFORE_THE_VAULT))) return;
  throw new Problem(
    `--data: '${path}' was made before there was a vault: the passwords of its database are in ${FILE_BEFORE_THE_VAULT}, which this version does not read`,
    { fix: 'name a new folder with --data DIR; ./jules reset deletes the old one', exitCode: EXIT_USAGE },
  );
}

function checkSpace(path: string, { freeBytes }: Surroundings): void {
  const free = freeBytes(path);
  if (free >= FREE_BYTES_MIN) return;
  throw new Problem(`the disk of '${path}' has ${toMib(free)} MiB free, ${toMib(FREE_BYTES_MIN)} MiB are needed`, {
    fix: 'free some space, or name a folder on another disk with --data DIR',
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

/** Written each time: the cheapest proof that the folder takes files. */
function mark(path: string): void {
  const probe = join(path, `.probe-${process.pid}`);
  try {
    writeFileSync(probe, 'probe', { mode: 0o600 });
    rmSync(probe);
    writeFileSync(join(path, MARKER_FILE), '{"format":1}\n', { mode: 0o600 });
  } catch (cause) {
    throw fileProblem(path, cause);
  }
}

function fileProblem(path: string, cause: unknown): Problem {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'EROFS') return readOnly(path);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const fix = 'free some space, or name a folder on another disk with --data DIR';
    return new Problem(`the disk of '${path}' is full`, { fix, exitCode: EXIT_DEPENDENCY_DOWN, cause });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const fix = 'name a folder you may write to with --data DIR';
    return new Problem(`--data: '${path}' may not be written`, { fix, exitCode: EXIT_USAGE, cause });
  }
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return new Problem(`--data: '${path}' is a file`, {
      fix: 'name a folder with --data DIR',
      exitCode: EXIT_USAGE,
      cause,
    });
  }
  return new Problem(`--data: '${path}' cannot be used: ${String(cause)}`, {
    fix: 'name another folder with --data DIR',
    exitCode: EXIT_USAGE,
    cause,
  });
}

function readOnly(path: string): Problem {
  return new Problem(`--data: '${path}' lies on a read-only disk`, {
    fix: 'remount it for writing, or name a folder on another disk with --data DIR',
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

function toMib(bytes: number): number {
  return Math.floor(bytes / (1024 * 1024));
}
