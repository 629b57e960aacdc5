/**
 * The folder of the database cluster: made under a temporary name and renamed when whole, checked before every start.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_USAGE, Problem } from '../../problem.ts';
import type { PostgresBinaries } from './binaries.ts';
import { commandAs, giveTo, type ServerIdentity } from './identity.ts';
import { startProblem, toolProblem } from './start-problem.ts';

const POSTGRES_MAJOR = 18;
const UNFINISHED = 'postgres.new-';

export interface ClusterOptions {
  readonly dataDir: string;
  readonly superuser: () => Promise<{ readonly username: string; readonly password: string }>;
  readonly binaries: PostgresBinaries;
  readonly identity: ServerIdentity;
}

/** The folder of the cluster, made at the first call. Throws Problem. */
export async function ensureCluster(options: ClusterOptions): Promise<string> {
  const dir = join(options.dataDir, 'postgres');
  removeUnfinished(options.dataDir);
  if (!existsSync(dir)) await makeCluster(dir, options);
  checkVersion(dir);
  giveTo(options.identity, dir);
  return dir;
}

/** What an interrupted first start left; nobody else is making one, since the data folder is locked. */
function removeUnfinished(dataDir: string): void {
  for (const name of readdirSync(dataDir).filter((each) => each.startsWith(UNFINISHED)))
    rmSync(join(dataDir, name), { recursive: true, force: true });
}

async function makeCluster(dir: string, options: ClusterOptions): Promise<void> {
  const unfinished = join(options.dataDir, `${UNFINISHED}${process.pid}`);
  const passwordFile = `${unfinished}.pw`;
  const { username, password } = await options.superuser();
  try {
    mkdirSync(unfinished, { mode: 0o700 });
    giveTo(options.identity, unfinished);
    writeFileSync(passwordFile, password, { mode: 0o600 });
    await initdb(unfinished, { ...options, username, passwordFile });
    renameSync(unfinished, dir);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error instanceof Problem ? error : startProblem(String(error), { dir, cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function initdb(
  dir: string,
  {
    binaries,
    identity,
    username,
    passwordFile,
  }: ClusterOptions & { readonly username: string; readonly passwordFile: string },
): Promise<void> {
  const [program, ...args] = commandAs(identity, [
    binaries.initdb,
    `--pgdata=${dir}`,
    `--username=${username}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--data-checksums',
    // Segments of 4 MiB: a young database is a quarter smaller and no slower.
    '--wal-segsize=4',
    '--no-instructions',
  ]);
  const child = spawn(program, args, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], env: serverEnv() });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const [code] = (await once(child, 'close').catch((error: unknown) => {
    throw toolProblem(program, error);
  })) as [number | null];
  if (code !== 0) throw startProblem(output.join(''), { dir });
}

/** What Postgres sees of our environment: where its tools are, and nothing that would change its answers. */
export function serverEnv(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

function checkVersion(dir: string): void {
  const path = join(dir, 'PG_VERSION');
  const version = existsSync(path) ? readFileSync(path, 'utf8').trim() : 'none';
  if (version === String(POSTGRES_MAJOR)) return;
  const isNewer = Number(version) > POSTGRES_MAJOR;
  throw new Problem(`${path} says ${version}, this program brings Postgres ${POSTGRES_MAJOR}`, {
    fix: isNewer
      ? 'the database is from a newer version: update the program, or name another folder with --data DIR'
      : 'name another folder with --data DIR, or restore this one from a backup',
    exitCode: EXIT_USAGE,
  });
}
