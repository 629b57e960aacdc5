/**
 * Runs `./jules` as a person does: a process of its own, with its exit code and what it says.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface JulesEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

export interface RunningJules {
  readonly child: ChildProcess;
  /** Resolves with the first line on stderr that matches; rejects when it ends before. */
  said(pattern: RegExp): Promise<string>;
  readonly ended: Promise<JulesEnd>;
}

const JULES = fileURLToPath(new URL('../../../jules', import.meta.url));

/** What a person's AWS account would put into the environment is taken out: no test may reach it. */
export function startJules(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningJules {
  const startedMs = performance.now();
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const child = spawn(JULES, [...args], {
    env: { ...Object.fromEntries(own), NO_COLOR: '1', AWS_EC2_METADATA_DISABLED: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: string[] = [];
  const err: string[] = [];
  const listeners = new Set<(line: string) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => out.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => {
    err.push(line);
    for (const listener of listeners) listener(line);
  });
  const ended = once(child, 'close').then(() => ({
    exitCode: child.exitCode,
    stdout: out.join('\n'),
    stderr: err.join('\n'),
    tookMs: performance.now() - startedMs,
  }));
  return {
    child,
    ended,
    said(pattern) {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const listener = (line: string): void => {
        if (pattern.test(line)) resolve(line);
      };
      listeners.add(listener);
      for (const line of err) listener(line);
      void ended.then(({ stderr }) => reject(new Error(`it ended without saying ${pattern}:\n${stderr}`)));
      return promise.finally(() => listeners.delete(listener));
    },
  };
}

export function jules(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<JulesEnd> {
  return startJules(args, env).ended;
}

/** The JSON object that a command printed. Throws with what it said where it failed. */
export async function julesJson<Answer>(args: readonly string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await jules([...args, '--json']);
  if (exitCode !== 0) throw new Error(`jules ${args.join(' ')} ended with ${exitCode}:\n${stderr}`);
  return JSON.parse(stdout) as Answer;
}
