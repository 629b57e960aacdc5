/**
 * Runs one command to its end, with a deadline, and keeps what it said.
 *
 * Throws Error naming the command, its exit code and the end of its output.
 */

import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 60_000;
const TAIL_LINES = 25;

/** Resolves whatever the exit code; a command that cannot be started has code 127. */
export function attempt(command: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const [program = '', ...args] = command;
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.on('error', (error) => resolve({ code: 127, stdout: '', stderr: error.message }));
  child.on('close', (code) => resolve({ code: code ?? 137, stdout: text(out), stderr: text(err) }));
  // A command that ends without reading its input is judged by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  return promise;
}

/** Its stdout; exit codes other than 0 throw. */
export async function run(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(command, options);
  if (code === 0) return stdout;
  const tail = `${stdout}\n${stderr}`.trim().split('\n').slice(-TAIL_LINES).join('\n');
  throw new Error(`${command.join(' ')}\nended with exit code ${code}:\n${tail}`);
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
