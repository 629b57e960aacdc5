/**
 * A real stack of a test's own, started by the command that people type: temporary folder, free port, generated market.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../local/stack/ports.ts';
import { pageTokenOf } from '../../local/cli/reach/stack-secrets.ts';

const MAIN = fileURLToPath(new URL('../../local/cli/main.ts', import.meta.url));

export interface LiveStack {
  readonly url: string;
  readonly dataDir: string;
  /** Bearer token of the routes that change state. */
  readonly token: string;
  /** Kills the supervisor as a crash would; its processes end with it. */
  kill(): Promise<void>;
  /** Starts it again on the same folder and port, after `kill`. */
  restart(): Promise<void>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
}

/** Resolves as soon as the page answers (`page`) or when everything is up (`ready`). */
export async function startLiveStack(options: { speed: number; until: 'page' | 'ready' }): Promise<LiveStack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jules-e2e-'));
  const [port = 0] = await freePorts(1);
  const args = ['start', '--data', dataDir, '--port', String(port), '--speed', String(options.speed), '--json'];
  let child = await start(args, options.until);
  return {
    url: `http://127.0.0.1:${port}/`,
    dataDir,
    token: await pageTokenOf(dataDir),
    async kill() {
      await end(child, 'SIGKILL');
    },
    async restart() {
      child = await start(args, 'page');
    },
    async stop() {
      await end(child, 'SIGTERM');
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** Throws with what the command said when it ends before the event. */
async function start(args: readonly string[], until: 'page' | 'ready'): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString('utf8');
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { event } = JSON.parse(line) as { event: string };
    if (event === until) {
      child.stdout.resume();
      return child;
    }
  }
  throw new Error(`./jules start ended before its ${until}: ${complaint}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
