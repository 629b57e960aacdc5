/**
 * Supervision with real processes: started, watched, started again, given up on, stopped; and nothing outlives its
 * supervisor. The processes are stubs that listen and obey.
 */

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock } from '../../../local/stack/lock.ts';
import { logPath, logTail, openLog } from '../../../local/stack/log-files.ts';
import {
  type ChildEvent,
  type ChildOptions,
  type ChildSpec,
  ManagedChild,
} from '../../../local/stack/managed-child.ts';
import { freePorts } from '../../../local/stack/ports.ts';

const RULES = { restartsMax: 3, windowMs: 60_000, firstDelayMs: 5, delayMsMax: 20 };
const LOCK_MODULE = new URL('../../../local/stack/lock.ts', import.meta.url).href;
const CHILD_MODULE = new URL('../../../local/stack/managed-child.ts', import.meta.url).href;

let dir = '';
let port = 0;
const children: ManagedChild[] = [];
const forked: ChildProcess[] = [];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'jules-children-'));
  [port] = (await freePorts(1)) as [number];
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
  for (const child of forked.splice(0)) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Serves 200 on its port; `extra` runs after that. */
function stub(extra = ''): string {
  const path = join(dir, 'stub.ts');
  writeFileSync(
    path,
    `import { createServer } from 'node:http';
     const server = createServer((request, response) => response.end('ok'));
     server.listen(${port}, '127.0.0.1');
     process.on('disconnect', () => process.exit(0));
     console.error('env ' + Object.keys(process.env).sort().join(' '));
     ${extra}`,
  );
  return path;
}

function spec(entry: string, changes: Partial<ChildSpec> = {}): ChildSpec {
  const healthUrl = `http://127.0.0.1:${port}/healthz`;
  return {
    name: 'stub',
    entry,
    healthUrl,
    startTimeoutMs: 10_000,
    finalExitCodes: [0],
    hopelessExitCodes: [78],
    nodeOptions: [],
    assetDirs: [],
    ...changes,
  };
}

/** A child, and a way to wait for its events in their order. */
function supervise(childSpec: ChildSpec, changes: Partial<ChildOptions> = {}) {
  const seen: ChildEvent[] = [];
  let wake = () => undefined as void;
  const onEvent = (event: ChildEvent) => {
    seen.push(event);
    wake();
  };
  const options = { dataDir: dir, env: { JULES_DATA: dir }, rules: RULES, onEvent };
  const child = new ManagedChild(childSpec, { ...options, ...changes });
  children.push(child);
  child.start();
  const next = async (): Promise<ChildEvent> => {
    while (seen.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return seen.shift()!;
  };
  return { child, next };
}

describe('a supervised process', () => {
  it('is healthy once it answers, sees only the environment it was given, and stops on request', async () => {
    const { child, next } = supervise(spec(stub()));
    expect(await next()).toEqual({ kind: 'healthy', pid: child.pid });
    await child.stop(5_000);
    expect(child.pid).toBeNull();
    expect(logTail(dir, 'stub', 1)[0]).toBe('env JULES_DATA');
  });

  it('is started again after kill -9', async () => {
    const { child, next } = supervise(spec(stub()));
    await next();
    const first = child.pid!;
    process.kill(first, 'SIGKILL');
    expect(await next()).toEqual({ kind: 'crashed', reason: 'was ended by SIGKILL', restartInMs: 5 });
    expect(await next()).toMatchObject({ kind: 'healthy' });
    expect(child.pid).not.toBe(first);
  });

  it('is given up after the stated number of restarts', async () => {
    const { next } = supervise(spec(stub('process.exit(7);')));
    const kinds = [];
    for (let crash = 0; crash < RULES.restartsMax; crash++) kinds.push((await next()).kind);
    expect(kinds).toEqual(['crashed', 'crashed', 'crashed']);
    expect(await next()).toEqual({ kind: 'gave-up', reason: 'exited with code 7, after 3 restarts within 60 s' });
  });

  it('is given up at once when it says that another start would not help', async () => {
    const { next } = supervise(spec(stub('process.exit(78);')));
    expect(await next()).toEqual({ kind: 'gave-up', reason: 'exited with code 78' });
  });

  it('that never answers counts as crashed', async () => {
    const { next } = supervise({ ...spec(stub('server.close();')), startTimeoutMs: 300 });
    expect(await next()).toMatchObject({ kind: 'crashed', reason: 'was ended by SIGKILL' });
  });

  it('may end its work with a final exit code', async () => {
    const { next } = supervise(spec(stub('setTimeout(() => process.exit(0), 200);')));
    expect((await next()).kind).toBe('healthy');
    expect(await next()).toEqual({ kind: 'ended', exitCode: 0 });
  });

  it('that ignores SIGTERM is killed after the grace', async () => {
    const { child, next } = supervise(spec(stub(`process.on('SIGTERM', () => undefined);`)));
    await next();
    await child.stop(100);
    expect(child.pid).toBeNull();
  });
});

describe('a supervised process whose code changes', () => {
  const codeProblem = (output: string): string | null => (output.includes('BROKEN') ? 'stub.ts:3 BROKEN' : null);

  it('is another one after a restart, which is not taken for a crash', async () => {
    const { child, next } = supervise(spec(stub()));
    await next();
    const first = child.pid;
    await child.restart(5_000);
    expect(await next()).toEqual({ kind: 'healthy', pid: child.pid });
    expect(child.pid).not.toBe(first);
  });

  it('is not started by a restart before its turn', async () => {
    const options = { dataDir: dir, env: {}, rules: RULES, onEvent: () => undefined };
    const child = new ManagedChild(spec(stub()), options);
    await child.restart(5_000);
    expect(child.pid).toBeNull();
  });

  it('waits for its restart when it ends by its code, and runs after it', async () => {
    const entry = stub(`console.error('BROKEN'); process.exit(1);`);
    const { child, next } = supervise(spec(entry), { codeProblem });
    const seen = [await next()].filter(({ kind }) => kind !== 'healthy');
    expect(seen[0] ?? (await next())).toEqual({ kind: 'broken', reason: 'stub.ts:3 BROKEN' });
    expect(child.pid).toBeNull();
    stub();
    await child.restart(5_000);
    expect(await next()).toMatchObject({ kind: 'healthy' });
  });

  it('is started again by itself when it was killed', async () => {
    const { child, next } = supervise(spec(stub()), { codeProblem });
    await next();
    process.kill(child.pid!, 'SIGKILL');
    expect(await next()).toMatchObject({ kind: 'crashed' });
  });
});

describe('a supervisor that runs as a script on the command line', () => {
  it('starts the module that was asked for, not its own script again', async () => {
    const options = `{ dataDir: ${JSON.stringify(dir)}, env: {}, rules: ${JSON.stringify(RULES)}, onEvent: (event) => {
      console.log(event.kind);
      child.kill();
    } }`;
    const script = `import { ManagedChild } from ${JSON.stringify(CHILD_MODULE)};
      const child = new ManagedChild(${JSON.stringify(spec(stub()))}, ${options});
      child.start();`;
    const supervisor = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' });
    forked.push(supervisor);
    const [event] = (await once(supervisor.stdout, 'data')) as [Buffer];
    expect(event.toString()).toBe('healthy\n');
  });
});

describe('a supervisor that is killed', () => {
  it('leaves no process and no lock behind', async () => {
    const entry = stub();
    const module = join(dir, 'supervisor.ts');
    writeFileSync(
      module,
      `import { acquireLock } from ${JSON.stringify(LOCK_MODULE)};
       import { ManagedChild } from ${JSON.stringify(CHILD_MODULE)};
       await acquireLock(${JSON.stringify(dir)}, 'start', 1);
       const child = new ManagedChild(${JSON.stringify(spec(entry))}, {
         dataDir: ${JSON.stringify(dir)}, env: {}, rules: ${JSON.stringify(RULES)},
         onEvent: (event) => event.kind === 'healthy' && process.send(event.pid),
       });
       child.start();`,
    );
    const supervisor = fork(module, [], { execArgv: [] });
    forked.push(supervisor);
    const [pid] = (await once(supervisor, 'message')) as [number];
    expect((await acquireLock(dir, 'start', 2)).kind).toBe('held');
    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    await untilGone(pid);
    expect((await acquireLock(dir, 'start', 3)).kind).toBe('acquired');
  });
});

/** A zombie that waits for its reaper counts as gone. */
async function untilGone(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ') Z';
    if (/\) Z/.test(stat)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`process ${pid} is still there`);
}

describe('log files', () => {
  it('are moved aside at start once they are beyond the cap, and tell their last lines', () => {
    const path = logPath(dir, 'stub');
    openLog(dir, 'stub');
    writeFileSync(path, '{"msg":"queue refused","err":{"message":"ECONNREFUSED"}}\nplain line\n');
    expect(logTail(dir, 'stub', 2)).toEqual(['queue refused: ECONNREFUSED', 'plain line']);
    openLog(dir, 'stub', 10);
    expect(readFileSync(path, 'utf8')).toBe('');
    expect(readFileSync(`${path}.1`, 'utf8')).toContain('plain line');
  });
});
