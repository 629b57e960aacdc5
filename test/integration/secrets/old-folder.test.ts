/**
 * A data folder of the version before the vault, made as that version made it: taken over by the next start, through
 * kills at any moment, and rotated away from the logins that it had.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretsOfStack } from '../../../local/cli/reach/stack-secrets.ts';
import { applyMigrations } from '../../../local/database/migrate-runner.ts';
import { startPostgres } from '../../../local/emulators/postgres/server.ts';
import { prepareDataDir } from '../../../local/stack/data-dir.ts';
import { freePorts } from '../../../local/stack/ports.ts';
import { lastStackFile } from '../../../local/stack/stack-store.ts';
import { scramVerifier } from '../../../shared/adapters/postgres/connection/scram.ts';
import { readCredential } from '../../../shared/contracts/credentials.v1.ts';
import { SECRETS } from '../../../shared/topology.ts';

const MAIN = fileURLToPath(new URL('../../../local/cli/main.ts', import.meta.url));
const LIMIT_MS = 300_000;
/** After the start of a start: while the vault is made, while values go into it, while the stack comes up. */
const KILLS_AFTER_MS = [150, 400, 700, 1_000, 1_500];
const OLD = {
  format: 1,
  superuser: 'superuser-of-before-0001',
  owner: 'owner-of-before-00000001',
  app: 'application-of-before-01',
  reader: 'reader-of-before-0000001',
  pageToken: 'page-token-of-before-00000000001',
};

let root = '';
let made = '';
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'jules-takeover-'));
  made = prepareDataDir(join(root, 'made'));
  await makeOldFolder(made);
}, LIMIT_MS);
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

/** Roles that log in themselves, and a file with their passwords. */
async function makeOldFolder(dataDir: string): Promise<void> {
  const [port = 0] = await freePorts(1);
  const superuser = async () => ({ username: 'postgres', password: OLD.superuser });
  const server = await startPostgres({ dataDir, port, superuser });
  await connected({ port, database: 'postgres', user: 'postgres', password: OLD.superuser }, async (client) => {
    for (const role of ['owner', 'app', 'reader'] as const) {
      await client.query(`CREATE ROLE jules_${role} LOGIN PASSWORD '${scramVerifier(OLD[role])}'`);
    }
    await client.query('CREATE DATABASE jules OWNER jules_owner');
    await client.query('REVOKE ALL ON DATABASE jules FROM PUBLIC');
    await client.query('GRANT CONNECT ON DATABASE jules TO jules_app, jules_reader');
  });
  const owner = { port, database: 'jules', user: 'jules_owner', password: OLD.owner };
  await connected(owner, async (client) => {
    await applyMigrations(client);
  });
  await server.stop();
  writeFileSync(join(dataDir, 'credentials.json'), JSON.stringify(OLD), { mode: 0o600 });
}

async function connected<Result>(
  access: { port: number; database: string; user: string; password: string },
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ host: '127.0.0.1', ...access });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

function copy(name: string): string {
  const dataDir = join(root, name);
  // With modes and owners, which Postgres insists on.
  execFileSync('cp', ['-a', made, dataDir]);
  return dataDir;
}

function jules(args: readonly string[]): ChildProcess {
  const command = ['--disable-warning=ExperimentalWarning', MAIN, ...args];
  return spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function startStack(dataDir: string): Promise<ChildProcess> {
  const [port = 0] = await freePorts(1);
  const child = jules(['start', '--data', dataDir, '--port', String(port), '--json']);
  let complaint = '';
  child.stderr!.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')));
  for await (const line of createInterface({ input: child.stdout! })) {
    if ((JSON.parse(line) as { event: string }).event !== 'ready') continue;
    child.stdout!.resume();
    return child;
  }
  throw new Error(`the stack did not start: ${complaint}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

async function run(...args: string[]): Promise<number | null> {
  const child = jules(args);
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

async function credentialOf(dataDir: string, key: keyof typeof SECRETS) {
  return readCredential((await secretsOfStack(dataDir).get(SECRETS[key].name)).text);
}

function logs(dataDir: string): string {
  const names = ['secrets', 'host', 'gateway', 'gpu-runner', 'postgres'];
  return names.map((name) => readFileSync(join(dataDir, 'logs', `${name}.log`), 'utf8')).join('');
}

describe('a data folder from before the vault', () => {
  it(
    'is taken over by the next start, and two rotations later its old logins are closed',
    async () => {
      const dataDir = copy('whole');
      const child = await startStack(dataDir);
      try {
        expect(existsSync(join(dataDir, 'credentials.json'))).toBe(false);
        expect(await credentialOf(dataDir, 'databaseApp')).toMatchObject({ username: 'jules_app', password: OLD.app });
        expect(await credentialOf(dataDir, 'pageToken')).toMatchObject({ token: OLD.pageToken });
        const port = lastStackFile(dataDir)!.ports.postgres;
        const old = { port, database: 'jules', user: 'jules_app', password: OLD.app };
        const asks = () => connected(old, (client) => client.query('SELECT count(*) FROM runs'));
        expect(await run('secrets', 'rotate', SECRETS.databaseApp.name, '--wait', '--data', dataDir)).toBe(0);
        expect((await asks()).rows).toHaveLength(1);
        expect(await run('secrets', 'rotate', SECRETS.databaseApp.name, '--wait', '--data', dataDir)).toBe(0);
        await expect(asks()).rejects.toMatchObject({ code: '28P01' });
        expect(await run('halt', '--data', dataDir, '--reason', 'drill')).toBe(0);
      } finally {
        await end(child, 'SIGTERM');
      }
      for (const secret of [OLD.superuser, OLD.owner, OLD.app, OLD.reader, OLD.pageToken]) {
        expect(logs(dataDir)).not.toContain(secret);
      }
      expect(await run('why', '20250103-029-AAPL-N', '--data', dataDir)).not.toBe(4);
      expect(await run('doctor', '--data', dataDir)).toBe(0);
    },
    LIMIT_MS,
  );

  it(
    'is taken over whole, whenever the starts before were killed',
    async () => {
      const dataDir = copy('killed');
      for (const afterMs of KILLS_AFTER_MS) {
        const child = jules(['start', '--data', dataDir, '--json']);
        child.stdout!.resume();
        child.stderr!.resume();
        await pause(afterMs);
        await end(child, 'SIGKILL');
      }
      const child = await startStack(dataDir);
      try {
        expect(await credentialOf(dataDir, 'databaseAdmin')).toMatchObject({ password: OLD.superuser });
        expect(await credentialOf(dataDir, 'databaseOwner')).toMatchObject({ password: OLD.owner });
        expect(existsSync(join(dataDir, 'credentials.json'))).toBe(false);
      } finally {
        await end(child, 'SIGTERM');
      }
    },
    LIMIT_MS,
  );
});
