/**
 * A stack as people start it, of which everything is kept that anybody could see of it: what the commands print, what
 * the page answers, what the system tells of its processes.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../local/cli/main.ts', import.meta.url));
const NODE_ARGS = ['--disable-warning=ExperimentalWarning', MAIN];

export interface Seen {
  readonly where: string;
  readonly text: string;
}

export interface CommandEnd {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export class WatchedStack {
  /** Holds the data folder and all that its processes may call their own: home, cache, temporary files. */
  readonly root: string;
  readonly dataDir: string;
  readonly seen: Seen[] = [];
  url = '';
  #child: ChildProcess | null = null;

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'jules-watched-'));
    this.dataDir = join(this.root, 'data');
    for (const name of ['home', 'cache', 'tmp']) mkdirSync(join(this.root, name));
  }

  /** Resolves when everything is up. Throws with what the command said. */
  async start(args: readonly string[]): Promise<void> {
    const child = spawn(process.execPath, [...NODE_ARGS, 'start', '--data', this.dataDir, '--json', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#env(),
    });
    this.#child = child;
    child.stderr.on('data', (chunk: Buffer) => this.#note('start, stderr', chunk.toString('utf8')));
    const lines = createInterface({ input: child.stdout });
    const ready = Promise.withResolvers<void>();
    lines.on('line', (line) => {
      this.#note('start, stdout', line);
      const { event, url } = JSON.parse(line) as { event: string; url?: string };
      this.url = url ?? this.url;
      if (event === 'ready') ready.resolve();
    });
    lines.on('close', () => ready.reject(new Error(`./jules start ended: ${JSON.stringify(this.seen)}`)));
    await ready.promise;
  }

  /** Runs another command on the folder to its end. */
  async jules(...args: readonly string[]): Promise<CommandEnd> {
    const child = execFile(process.execPath, [...NODE_ARGS, ...args, '--data', this.dataDir], { env: this.#env() });
    child.stdin?.end();
    const [out, err] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'exit')]);
    this.#note(`jules ${args.slice(0, 2).join(' ')}, stdout`, out);
    this.#note(`jules ${args.slice(0, 2).join(' ')}, stderr`, err);
    return { exitCode: child.exitCode ?? -1, out, err };
  }

  async page(path: string, init?: RequestInit): Promise<{ status: number; text: string }> {
    const response = await fetch(new URL(path, this.url), init);
    const text = await response.text();
    this.#note(`page ${path}`, `${JSON.stringify([...response.headers])}\n${text}`);
    return { status: response.status, text };
  }

  /** The first bytes of what never ends. */
  async pageStream(path: string): Promise<void> {
    const leaving = new AbortController();
    const response = await fetch(new URL(path, this.url), { signal: leaving.signal });
    const reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    const { value = new Uint8Array() } = await reader.read();
    leaving.abort();
    this.#note(`page ${path}`, Buffer.from(value).toString('utf8'));
  }

  /** What the system tells everybody of the user: arguments and environments. Returns how many processes there were. */
  lookAtProcesses(): number {
    const pids = descendants(this.#child?.pid ?? -1);
    for (const pid of pids) {
      for (const file of ['cmdline', 'environ']) this.#note(`process ${pid}, ${file}`, procFile(pid, file));
    }
    return pids.length;
  }

  /** Processes by what their command line names. */
  pidOf(part: string): number | undefined {
    return descendants(this.#child?.pid ?? -1).find((pid) => procFile(pid, 'cmdline').includes(part));
  }

  async stop(): Promise<number | null> {
    const child = this.#child;
    if (child === null || child.exitCode !== null) return child?.exitCode ?? null;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
    return child.exitCode;
  }

  #note(where: string, text: string): void {
    this.seen.push({ where, text });
  }

  #env(): NodeJS.ProcessEnv {
    const { PATH } = process.env;
    const [home, cache, tmp] = ['home', 'cache', 'tmp'].map((name) => join(this.root, name));
    return { PATH, HOME: home, XDG_CACHE_HOME: cache, TMPDIR: tmp, JULES_LOG: 'debug', NO_COLOR: '1' };
  }
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  if (stream !== null) for await (const chunk of stream) text += String(chunk);
  return text;
}

function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // The name of a program is in brackets and may hold anything.
    const fields = procFile(Number(name), 'stat').split(') ').at(-1)?.split(' ') ?? [];
    parents.set(Number(name), Number(fields[1]));
  }
  const isBelow = (pid: number): boolean => pid === root || (parents.has(pid) && isBelow(parents.get(pid)!));
  return [...parents.keys()].filter(isBelow);
}

/** Empty when it is gone by now. */
function procFile(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
