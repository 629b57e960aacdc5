/**
 * Runs a command line tool under a time limit, in a process group of its own, and tells what it prints line by line.
 *
 * Ctrl-C reaches only us, so that a tool is ended by us and never at the same time by the terminal.
 */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface ToolRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Aborted: the tool and all it started are ended. */
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
}

export type ToolEnd =
  | { readonly kind: 'exited'; readonly code: number; readonly output: string }
  | { readonly kind: 'timed-out' | 'stopped'; readonly output: string };

type Tool = ChildProcessByStdio<null, Readable, Readable>;

const STOP_GRACE_MS = 3_000;
/** Of the output, the end is kept: that is where a tool says what went wrong. */
const OUTPUT_LINES_MAX = 400;

/** Rejects only when the tool cannot be started at all. */
export async function runTool(run: ToolRun): Promise<ToolEnd> {
  const { command, args, env, cwd } = run;
  if (run.signal.aborted) return { kind: 'stopped', output: '' };
  const tool = spawn(command, [...args], { env: { ...env }, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > OUTPUT_LINES_MAX) lines.shift();
    run.onLine?.(line);
  };
  for (const stream of [tool.stdout, tool.stderr]) createInterface({ input: stream }).on('line', keep);

  const cut = watchLimits(run, tool);
  try {
    const code = await exitOf(tool);
    const output = lines.join('\n');
    return cut.reason === null ? { kind: 'exited', code, output } : { kind: cut.reason, output };
  } finally {
    cut.dispose();
  }
}

/** Exit code once both streams are read to their end; 128 and more for an end by a signal, as a shell counts. */
function exitOf(tool: Tool): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  tool.once('error', reject);
  tool.once('close', (code) => resolve(code ?? 128));
  return promise;
}

interface Limits {
  readonly reason: 'timed-out' | 'stopped' | null;
  dispose(): void;
}

function watchLimits({ timeoutMs, signal }: ToolRun, tool: Tool): Limits {
  let reason: Limits['reason'] = null;
  let killer: NodeJS.Timeout | null = null;
  const end = (why: 'timed-out' | 'stopped'): void => {
    if (reason !== null) return;
    reason = why;
    signalGroup(tool, 'SIGTERM');
    killer = setTimeout(() => signalGroup(tool, 'SIGKILL'), STOP_GRACE_MS);
  };
  const timer = setTimeout(() => end('timed-out'), timeoutMs);
  const onAbort = (): void => end('stopped');
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    get reason() {
      return reason;
    },
    dispose() {
      clearTimeout(timer);
      if (killer) clearTimeout(killer);
      signal.removeEventListener('abort', onAbort);
      // Whatever the tool left behind in its group goes with it.
      signalGroup(tool, 'SIGKILL');
    },
  };
}

function signalGroup(tool: Tool, signal: NodeJS.Signals): void {
  if (tool.pid === undefined) return;
  try {
    process.kill(-tool.pid, signal);
  } catch {
    // The group is gone already.
  }
}
