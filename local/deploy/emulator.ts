/**
 * The emulator that a deploy goes to: the one at the address given, the one that an earlier deploy uses, or a new one,
 * which outlives the command.
 *
 * Throws Problem: installed nowhere, not running, hanging, too old, or another.
 */

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmulatorKind, emulatorProgram, startEmulator, stopEmulator } from '../emulators/emulator.ts';
import { LOCALSTACK } from '../emulators/localstack/localstack.ts';
import { MINISTACK } from '../emulators/ministack/ministack.ts';
import { EXIT_DEPENDENCY_DOWN, Problem } from '../problem.ts';
import { type FoundEmulator, isListening, probeEmulator } from './emulator-probe.ts';
import type { TargetFile } from './target-file.ts';
import { type EmulatorName } from './targets.ts';
import { runTool } from './tool.ts';

export interface UsedEmulator extends FoundEmulator {
  readonly endpoint: string;
  /** Null: it is somebody else's, so nothing of ours stops it. */
  readonly pid: number | null;
}

export interface EmulatorRequest {
  readonly name: EmulatorName;
  /** Given by a person. */
  readonly endpoint: string | undefined;
  readonly last: TargetFile | null;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

const KINDS: Readonly<Record<EmulatorName, EmulatorKind>> = { ministack: MINISTACK, localstack: LOCALSTACK };
const INSTALL_TIMEOUT_MS = 10 * 60_000;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export async function useEmulator(request: EmulatorRequest): Promise<UsedEmulator> {
  return (await findEmulator(request)) ?? startOwn(request);
}

/** Null: none was named, and that of the last deploy is gone. */
export async function findEmulator({ name, endpoint, last }: EmulatorRequest): Promise<UsedEmulator | null> {
  const known = last?.target === name && (endpoint === undefined || endpoint === last.endpoint) ? last : null;
  const at = endpoint ?? known?.endpoint ?? null;
  // One that a person names has to be there; that of an earlier deploy may be gone.
  if (at === null || (endpoint === undefined && !(await isListening(at)))) return null;
  return { ...(await probeEmulator(name, at)), endpoint: at, pid: known?.emulatorPid ?? null };
}

/** Whether the process that a deploy started still runs; its id alone may be somebody else's by now. */
export function ownsEmulator({ target, emulatorPid }: TargetFile): boolean {
  if (target === 'aws' || emulatorPid === null) return false;
  try {
    return readFileSync(`/proc/${emulatorPid}/cmdline`, 'utf8').includes(`/${KINDS[target].venv}/`);
  } catch {
    // No such process.
    return false;
  }
}

/** With everything that it held. False: it is not ours, or gone. */
export async function stopOwnEmulator(file: TargetFile): Promise<boolean> {
  if (!ownsEmulator(file) || file.emulatorPid === null) return false;
  await stopEmulator(file.emulatorPid);
  return true;
}

async function startOwn(request: EmulatorRequest): Promise<UsedEmulator> {
  const { name, dataDir, note, signal } = request;
  const kind = KINDS[name];
  await install(kind, request);
  note(`starting ${kind.name} ${kind.version}`);
  const dir = join(dataDir, name);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const { endpoint, pid, version } = await startEmulator(kind, { dir, isDetached: true });
  if (!signal.aborted) return { name, endpoint, pid, version, hasContainers: false };
  await stopEmulator(pid);
  throw new Problem('stopped while the emulator started', {
    fix: 'run the command again',
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

async function install(kind: EmulatorKind, { env, signal, note }: EmulatorRequest): Promise<void> {
  if (isInstalled(kind)) return;
  note(`installing ${kind.name} ${kind.version} into ${kind.venv}, which takes a minute`);
  const end = await runTool({
    command: join(ROOT, kind.makeVenv),
    args: [],
    env: Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    cwd: ROOT,
    timeoutMs: INSTALL_TIMEOUT_MS,
    signal,
  });
  if (end.kind === 'exited' && end.code === 0) return;
  const how = end.kind === 'exited' ? 'failed' : end.kind === 'stopped' ? 'was stopped' : 'took too long';
  const said = end.output.trim().split('\n').slice(-LINES_SHOWN).join('\n  ');
  throw new Problem(`installing ${kind.name} ${how}${said === '' ? '' : `:\n  ${said}`}`, {
    fix: `see that pip reaches its index, then run ${kind.makeVenv}`,
    exitCode: EXIT_DEPENDENCY_DOWN,
  });
}

const LINES_SHOWN = 6;

function isInstalled(kind: EmulatorKind): boolean {
  try {
    emulatorProgram(kind);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}
