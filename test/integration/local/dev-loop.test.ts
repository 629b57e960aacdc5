/**
 * The development loop on a copy of the tree, with real processes: a change restarts the part that it concerns, a file
 * that does not parse is named once and restarts nothing, and Ctrl-C leaves nothing behind.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const COPIED = [
  'shared',
  'functions',
  'gateway',
  'gpu-runner',
  'local',
  'stacks',
  'sql',
  'scripts',
  'jules',
  'package.json',
];
const RUNNER_FILE = 'gpu-runner/serve/act.ts';
const PARTS = ['secrets', 'host', 'gpu-runner', 'gateway'];

type Event = { readonly event: string; readonly name?: string; readonly pid?: number } & Record<string, unknown>;

let dir = '';
let tree = '';
let jules: ChildProcess;
const events: Event[] = [];
let pids: Record<string, number> = {};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'jules-dev-'));
  tree = join(dir, 'tree');
  copyTree();
  const env = { PATH: process.env['PATH'], HOME: dir, XDG_CACHE_HOME: join(dir, 'cache'), NO_COLOR: '1' };
  jules = spawn(join(tree, 'jules'), ['start', '--watch', '--json', '--data', join(dir, 'data'), '--speed', '60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
    // A group of its own, as a terminal gives one to what it runs.
    detached: true,
  });
  createInterface({ input: jules.stdout! }).on('line', (line) => events.push(JSON.parse(line) as Event));
  const ready = await eventAfter(0, ({ event }) => event === 'ready');
  pids = ready['pids'] as Record<string, number>;
});

afterAll(() => {
  if (jules.exitCode === null) process.kill(-jules.pid!, 'SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

describe('a running stack whose code changes', () => {
  it('restarts the runner alone when a file of the runner changes', async () => {
    const from = events.length;
    appendFileSync(join(tree, RUNNER_FILE), '\n// A change.\n');
    const { pid } = await eventAfter(from, isUp('gpu-runner'));
    expect(events.slice(from).filter(({ event }) => event === 'restarting')).toEqual([
      expect.objectContaining({ files: [RUNNER_FILE], parts: ['gpu-runner'] }),
    ]);
    expect(pid).not.toBe(pids['gpu-runner']);
    pids['gpu-runner'] = pid!;
    expect(PARTS.filter((name) => !isAlive(pids[name]!))).toEqual([]);
    expect(kindsSince(from)).not.toContain('crashed');
  });

  it('names a syntax error once, with file and line, and goes on with the code it has', async () => {
    const path = join(tree, RUNNER_FILE);
    const good = readFileSync(path, 'utf8');
    const lines = good.split('\n').length;
    const from = events.length;
    writeFileSync(path, `${good}export const broken = ;\n`);
    const error = await eventAfter(from, ({ event }) => event === 'syntax-error');
    expect(error['problem']).toBe(`${RUNNER_FILE}:${lines} Expression expected`);
    await pause(1_000);
    expect(kindsSince(from)).toEqual(['syntax-error']);
    expect(isAlive(pids['gpu-runner']!)).toBe(true);

    writeFileSync(path, `${good}// Mended.\n`);
    const { pid } = await eventAfter(from, isUp('gpu-runner'));
    expect(kindsSince(from)).toEqual(['syntax-error', 'restarting', 'healthy']);
    pids['gpu-runner'] = pid!;
  });

  it('waits with a part whose code throws when it is loaded, and starts it once it is mended', async () => {
    const path = join(tree, RUNNER_FILE);
    const good = readFileSync(path, 'utf8');
    const lines = good.split('\n').length;
    const from = events.length;
    writeFileSync(path, `${good}throw new Error('on purpose');\n`);
    const broken = await eventAfter(from, ({ event }) => event === 'broken');
    expect(broken).toMatchObject({ name: 'gpu-runner', reason: `${RUNNER_FILE}:${lines} Error: on purpose` });
    await pause(1_000);
    expect(kindsSince(from)).toEqual(['restarting', 'broken']);

    writeFileSync(path, good);
    pids['gpu-runner'] = (await eventAfter(from, isUp('gpu-runner'))).pid!;
  });

  it('restarts every part that imports the file', async () => {
    const from = events.length;
    appendFileSync(join(tree, 'shared/domain/units/units.ts'), '\n// A change.\n');
    const restarting = await eventAfter(from, ({ event }) => event === 'restarting');
    const parts = restarting['parts'] as string[];
    expect(parts).toEqual(PARTS.filter((name) => parts.includes(name)));
    expect(parts).toContain('gateway');
    for (const name of parts) pids[name] = (await eventAfter(from, isUp(name))).pid!;
  });

  it.each(['local/stack/stack.ts', 'local/cli/program.ts', 'local/cli/main.ts'])(
    'says that only a new start uses a change of %s',
    async (file) => {
      const from = events.length;
      appendFileSync(join(tree, file), '\n// A change.\n');
      const said = await eventAfter(from, ({ event }) => event === 'needs-new-start');
      expect(said).toMatchObject({ files: [file] });
    },
  );

  it('is gone after Ctrl-C, which all of its processes hear, without a word of their ends', async () => {
    const from = events.length;
    process.kill(-jules.pid!, 'SIGINT');
    await once(jules, 'exit');
    expect(jules.exitCode).toBe(0);
    expect(Object.values(pids).filter(isAlive)).toEqual([]);
    expect(events.slice(from).filter(({ event }) => event === 'crashed' || event === 'ended')).toEqual([]);
  });
});

function copyTree(): void {
  const options = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', ...COPIED];
  const listed = execFileSync('git', ['-c', 'safe.directory=*', ...options], { cwd: ROOT, encoding: 'utf8' });
  for (const path of listed.split('\0').filter((each) => each !== '' && existsSync(join(ROOT, each)))) {
    cpSync(join(ROOT, path), join(tree, path));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
}

function isUp(name: string): (event: Event) => boolean {
  return (event) => event.event === 'healthy' && event.name === name;
}

/** What happened since, in its order. */
function kindsSince(from: number): string[] {
  return events.slice(from).map(({ event }) => event);
}

async function eventAfter(from: number, isWanted: (event: Event) => boolean): Promise<Event> {
  for (;;) {
    const found = events.slice(from).find(isWanted);
    if (found !== undefined) return found;
    if (jules.exitCode !== null) throw new Error(`jules start ended: ${JSON.stringify(events)}`);
    await pause(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
