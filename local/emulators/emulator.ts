/**
 * Starts an emulator of AWS from its pinned Python environment on a free loopback port, and ends it.
 *
 * It keeps nothing between two starts. Throws Problem naming what is missing, or what it said when it did not start.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts, isFree } from '../stack/ports.ts';
import { EXIT_DEPENDENCY_DOWN, Problem } from '../problem.ts';

export interface EmulatorOptions {
  /** A free one when not given. */
  readonly port?: number;
  /** Its log and temporary files. When not given, a folder that goes with it. */
  readonly dir?: string;
  /** True: it outlives this process. Otherwise it ends with it, however it ends. */
  readonly isDetached?: boolean;
}

export interface Emulator {
  readonly endpoint: string;
  readonly pid: number;
  readonly version: string;
  readonly logFile: string;
  /** How it ended. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

/** What differs between emulators. */
export interface EmulatorKind {
  readonly name: string;
  readonly version: string;
  /** Folder in the repository's root that `makeVenv` makes. */
  readonly venv: string;
  readonly makeVenv: string;
  readonly healthPath: string;
  /** Program and arguments, within the environment's `bin`. */
  readonly command: readonly [string, ...string[]];
  env(at: { port: number; dir: string }): Readonly<Record<string, string>>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LOOPBACK = '127.0.0.1';
/** A cold start compiles some hundred modules, on a loaded machine. */
const READY_MS_MAX = 120_000;
const READY_POLL_MS = 50;
const HEALTH_MS_MAX = 2_000;
const STOP_GRACE_MS = 5_000;
const STOP_POLL_MS = 20;
const GONE_MS_MAX = 2_000;
const LOG_LINES_SHOWN = 8;

/** Resolves when it answers and is of the pinned version. */
export async function startEmulator(kind: EmulatorKind, options: EmulatorOptions = {}): Promise<Emulator> {
  const program = emulatorProgram(kind);
  const port = options.port ?? (await freePorts(1))[0]!;
  await requireFree(kind, port);
  const place = placeOf(kind, options);
  const child = await launch(kind, { ...place, port, program, isDetached: options.isDetached ?? false });
  const exited = exitOf(child);
  const stop = async () => {
    await stopEmulator(child.pid ?? 0);
    await exited;
    place.remove();
  };
  try {
    const endpoint = `http://${LOOPBACK}:${port}`;
    const version = await untilReady(kind, { child, endpoint, logFile: place.logFile });
    return { endpoint, version, pid: child.pid ?? 0, logFile: place.logFile, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Version of the emulator that answers at `endpoint`, or null. Throws Problem when it is another than the pinned one. */
export async function emulatorAt(kind: EmulatorKind, endpoint: string): Promise<string | null> {
  const version = await askVersion(kind, endpoint);
  if (version !== null) requireVersion(kind, { version, endpoint });
  return version;
}

/**
 * SIGTERM, then SIGKILL for it and what it started: an emulator that waits for a function of ours does not hear SIGTERM.
 * Resolves when it is gone, also when it was.
 */
export async function stopEmulator(pid: number, graceMs: number = STOP_GRACE_MS): Promise<void> {
  signalTo(pid, 'SIGTERM');
  const giveUpMs = performance.now() + graceMs;
  while (isAlive(pid) && performance.now() < giveUpMs) await pause(STOP_POLL_MS);
  // Its group: functions that it runs keep a database connection, and with it themselves, alive.
  signalTo(-pid, 'SIGKILL');
  const goneMs = performance.now() + GONE_MS_MAX;
  // One that nobody waits for stays in the process table, dead.
  while (isAlive(pid) && performance.now() < goneMs) await pause(STOP_POLL_MS);
}

/** Absolute path of its program. Throws Problem when its environment was not made. */
export function emulatorProgram(kind: EmulatorKind): string {
  const program = join(ROOT, kind.venv, 'bin', kind.command[0]);
  if (existsSync(program)) return program;
  throw new Problem(`${kind.name} is not installed here: ${join(kind.venv, 'bin', kind.command[0])} is missing`, {
    fix: `run ${kind.makeVenv}`,
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

/** Else the health of whoever has it would be taken for ours. */
async function requireFree(kind: EmulatorKind, port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new Problem(`port ${port} for ${kind.name} is taken by another program on ${LOOPBACK}`, {
    fix: `stop it (ss -ltnp 'sport = :${port}' names it), or choose another port`,
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

function placeOf(kind: EmulatorKind, { dir }: EmulatorOptions) {
  const place = dir ?? mkdtempSync(join(tmpdir(), `jules-${kind.name.toLowerCase()}-`));
  mkdirSync(join(place, 'tmp'), { recursive: true });
  return {
    dir: place,
    logFile: join(place, `${kind.name.toLowerCase()}.log`),
    remove: () => {
      if (dir === undefined) rmSync(place, { recursive: true, force: true });
    },
  };
}

async function launch(
  kind: EmulatorKind,
  at: { program: string; port: number; dir: string; logFile: string; isDetached: boolean },
): Promise<ChildProcess> {
  const log = openSync(at.logFile, 'a', 0o600);
  const command = [at.program, ...kind.command.slice(1)];
  const [file, ...args] = at.isDetached ? command : ['setpriv', '--pdeathsig', 'KILL', ...command];
  // A group of its own: Ctrl-C reaches the whole terminal, and whoever started it decides when it stops.
  const child = spawn(file!, args, {
    cwd: at.dir,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...ownEnv(at.dir), ...kind.env(at) },
  });
  closeSync(log);
  await once(child, 'spawn');
  if (at.isDetached) child.unref();
  return child;
}

/** Neither the caller's credentials nor his settings of the same emulator reach it. */
function ownEnv(dir: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: dir, TMPDIR: join(dir, 'tmp'), LANG: 'C.UTF-8' };
}

async function untilReady(
  kind: EmulatorKind,
  at: { child: ChildProcess; endpoint: string; logFile: string },
): Promise<string> {
  const giveUpMs = performance.now() + READY_MS_MAX;
  while (at.child.exitCode === null && at.child.signalCode === null && performance.now() < giveUpMs) {
    const version = await emulatorAt(kind, at.endpoint);
    if (version !== null) return version;
    await pause(READY_POLL_MS);
  }
  const said = readFileSync(at.logFile, 'utf8').trim().split('\n').slice(-LOG_LINES_SHOWN).join('\n  ');
  throw new Problem(`${kind.name} did not start at ${at.endpoint}; it said:\n  ${said}`, {
    fix: `run ${kind.makeVenv} again`,
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

async function askVersion(kind: EmulatorKind, endpoint: string): Promise<string | null> {
  try {
    const answer = await fetch(new URL(kind.healthPath, endpoint), { signal: AbortSignal.timeout(HEALTH_MS_MAX) });
    const { version } = (await answer.json()) as { version?: unknown };
    return String(version);
  } catch {
    // Nothing there yet, or something else: either way not this emulator.
    return null;
  }
}

function requireVersion(kind: EmulatorKind, found: { version: string; endpoint: string }): void {
  if (found.version === kind.version) return;
  throw new Problem(`${kind.name} at ${found.endpoint} is version ${found.version}; ours is ${kind.version}`, {
    fix: `stop that one and run ${kind.makeVenv}`,
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `exited with code ${code}` : `was ended by ${signal}`),
    );
  });
}

function isAlive(pid: number): boolean {
  return signalTo(pid, 0);
}

function signalTo(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
