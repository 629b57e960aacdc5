/**
 * Starts the Postgres that npm brought on a data folder, and ends it with us.
 *
 * Loopback only, no Unix socket, passwords by SCRAM. A kill -9 of this process still shuts the server down cleanly.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseServer } from '../../stack/database-service.ts';
import { logPath, openLog } from '../../stack/log-files.ts';
import { EXIT_DEPENDENCY_DOWN, Problem } from '../../problem.ts';
import { postgresBinaries } from './binaries.ts';
import { type ClusterOptions, ensureCluster, serverEnv } from './cluster.ts';
import { type Command, commandAs, type ServerIdentity, serverIdentity } from './identity.ts';
import { processesIn, removeStaleLock } from './leftovers.ts';
import { settingArguments } from './settings.ts';
import { startProblem, STILL_HELD, toolProblem } from './start-problem.ts';

export interface PostgresOptions {
  readonly dataDir: string;
  readonly port: number;
  /** Asked for when the cluster is made, and not before. */
  readonly superuser: ClusterOptions['superuser'];
  /** Found out when not given. */
  readonly identity?: ServerIdentity;
}

const LOG_NAME = 'postgres';
const READY_POLL_MS = 5;
/** Recovery after a crash replays at most `max_wal_size`. */
const READY_MS_MAX = 60_000;
const HELD_MS_MAX = 15_000;
const BACK_OFF_MS = 50;
const BACK_OFF_MS_MAX = 500;
const STOP_GRACE_MS = 10_000;
const LOG_BYTES_READ_MAX = 64 * 1024;

/** Resolves when the server takes connections. Throws Problem. */
export async function startPostgres(options: PostgresOptions): Promise<DatabaseServer> {
  try {
    return await startOrRetry(options);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw startProblem(String(error), { dir: options.dataDir, cause: error });
  }
}

async function startOrRetry(options: PostgresOptions): Promise<DatabaseServer> {
  const binaries = postgresBinaries();
  const identity = options.identity ?? serverIdentity();
  const dir = await ensureCluster({ ...options, binaries, identity });
  const command = commandAs(identity, [binaries.postgres, '-D', dir, ...settingArguments(options.port)]);
  const giveUpMs = performance.now() + HELD_MS_MAX;
  for (let delayMs = BACK_OFF_MS; ; delayMs = Math.min(delayMs * 2, BACK_OFF_MS_MAX)) {
    const outcome = await launch(command, dir, options.dataDir);
    if ('server' in outcome) return outcome.server;
    if (!STILL_HELD.test(outcome.output)) throw startProblem(outcome.output, { dir });
    if (performance.now() > giveUpMs) throw heldProblem(dir);
    if (!removeStaleLock(dir)) await pause(delayMs);
  }
}

type Launch = { readonly server: DatabaseServer } | { readonly output: string };

async function launch([program, ...args]: Command, dir: string, dataDir: string): Promise<Launch> {
  const log = openLog(dataDir, LOG_NAME);
  const logPosition = statSync(logPath(dataDir, LOG_NAME)).size;
  // A group of its own: Ctrl-C reaches the whole terminal, and the supervisor decides in which order things stop.
  const child = spawn(program, args, { cwd: '/', detached: true, stdio: ['ignore', log, log], env: serverEnv() });
  closeSync(log);
  await once(child, 'spawn').catch((error: unknown) => {
    throw toolProblem(program, error);
  });
  const exited = exitOf(child);
  if (await becomesReady(child, dir)) return { server: serverOf(child, exited) };
  await exited;
  return { output: readLog(dataDir, logPosition) };
}

/** False when the server ended instead. */
async function becomesReady(child: ChildProcess, dir: string): Promise<boolean> {
  const giveUpMs = performance.now() + READY_MS_MAX;
  while (isRunning(child)) {
    if (isReady(dir, child.pid ?? 0)) return true;
    if (performance.now() > giveUpMs) child.kill('SIGQUIT');
    await pause(READY_POLL_MS);
  }
  return false;
}

/** The server writes its id into the first line of its lock file and its state into the last. */
function isReady(dir: string, pid: number): boolean {
  const lines = readLock(dir).split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

/** Empty without one: it may go between any check and the reading. */
function readLock(dir: string): string {
  try {
    return readFileSync(join(dir, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function serverOf(child: ChildProcess, exited: Promise<string>): DatabaseServer {
  return {
    pid: child.pid ?? 0,
    exited,
    async stop() {
      if (isRunning(child)) child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_GRACE_MS);
      await exited;
      clearTimeout(timer);
    },
    kill() {
      if (isRunning(child)) child.kill('SIGQUIT');
    },
  };
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `exited with code ${code}` : `was ended by ${signal}`),
    );
  });
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function readLog(dataDir: string, from: number): string {
  const path = logPath(dataDir, LOG_NAME);
  const buffer = Buffer.alloc(Math.min(Math.max(statSync(path).size - from, 0), LOG_BYTES_READ_MAX));
  const descriptor = openSync(path, 'r');
  try {
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, from));
  } finally {
    closeSync(descriptor);
  }
}

function heldProblem(dir: string): Problem {
  const pids = processesIn(dir).join(', ');
  return new Problem(`Postgres did not start on ${dir}: an earlier server still holds it (processes ${pids})`, {
    fix: `wait until they are gone, or end them with kill -INT`,
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}
