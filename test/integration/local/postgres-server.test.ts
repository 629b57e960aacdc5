/**
 * The launcher of Postgres: starts, restarts, kills on either side, and every refusal with its fix.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withClient } from '../../../local/database/connect.ts';
import { prepareDatabase } from '../../../local/database/prepare.ts';
import { processesIn } from '../../../local/emulators/postgres/leftovers.ts';
import { startPostgres } from '../../../local/emulators/postgres/server.ts';
import type { ServerIdentity } from '../../../local/emulators/postgres/identity.ts';
import type { DatabaseOptions, DatabaseServer } from '../../../local/stack/database-service.ts';
import { appDatabase, temporaryOptions, testSuperuser } from '../../support/database/postgres.ts';

const ENTRY = fileURLToPath(new URL('../../support/database/postgres-process.ts', import.meta.url));
const isRoot = process.getuid?.() === 0;

let options: DatabaseOptions;
let server: DatabaseServer | null;

beforeEach(async () => {
  options = await temporaryOptions();
  server = null;
});
afterEach(async () => {
  server?.kill();
  await server?.exited;
  rmSync(options.dataDir, { recursive: true, force: true });
});

async function start(identity?: ServerIdentity): Promise<DatabaseServer> {
  server = await startPostgres({ ...options, superuser: testSuperuser, ...(identity && { identity }) });
  return server;
}

function asSuperuser<Row extends object>(text: string): Promise<Row[]> {
  return withClient(options, { role: 'superuser', database: 'postgres' }, async (client) => {
    return (await client.query<Row>(text)).rows;
  });
}

async function allGone(clusterDir: string): Promise<void> {
  while (processesIn(clusterDir).length > 0) await pause(10);
}

describe('the embedded server', () => {
  it('takes connections as soon as it is there, and keeps its data over a restart', async () => {
    await start();
    await asSuperuser('CREATE TABLE kept AS SELECT 42 AS answer');
    await server?.stop();
    await start();
    expect(await asSuperuser('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('is durable, checks its pages, asks everybody for a password and listens on loopback only', async () => {
    await start();
    const rows = await asSuperuser<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes',
        'data_checksums', 'listen_addresses', 'unix_socket_directories', 'password_encryption', 'server_encoding') ORDER BY name`,
    );
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '127.0.0.1',
      password_encryption: 'scram-sha-256',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
      unix_socket_directories: '',
    });
    const methods = await asSuperuser<{ auth_method: string }>('SELECT DISTINCT auth_method FROM pg_hba_file_rules');
    expect(methods).toEqual([{ auth_method: 'scram-sha-256' }]);
  });

  it('leaves no password file, and nothing of a first start that was interrupted', async () => {
    mkdirSync(join(options.dataDir, 'postgres.new-1'));
    writeFileSync(join(options.dataDir, 'postgres.new-1.pw'), 'secret');
    await start();
    expect(readdirSync(options.dataDir).toSorted()).toEqual(['logs', 'postgres']);
  });

  it('says that it was killed', async () => {
    const { pid, exited } = await start();
    process.kill(pid, 'SIGKILL');
    expect(await exited).toBe('was ended by SIGKILL');
  });

  it('starts again at once after a kill, though what is left of it still holds the folder', async () => {
    for (let crash = 0; crash < 3; crash += 1) {
      const { pid, exited } = await start();
      process.kill(pid, 'SIGKILL');
      await exited;
    }
    await start();
    expect(await asSuperuser('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts though the number in its old lock file now belongs to a stranger', async () => {
    const first = await start();
    const lock = join(options.dataDir, 'postgres', 'postmaster.pid');
    const text = readFileSync(lock, 'utf8').replace(/^\d+/, String(process.pid));
    await first.stop();
    writeFileSync(lock, text, { mode: 0o600 });
    await start();
    expect(await asSuperuser('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('shuts down cleanly when the process that started it is killed', async () => {
    const child = fork(ENTRY, [options.dataDir, String(options.port)], { serialization: 'json' });
    await once(child, 'message');
    await asSuperuser('CREATE TABLE kept AS SELECT 1 AS one');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await allGone(join(options.dataDir, 'postgres'));
    const log = readFileSync(join(options.dataDir, 'logs', 'postgres.log'), 'utf8');
    expect(log).toContain('received fast shutdown request');
    expect(log).toContain('database system is shut down');
    await start();
    expect(await asSuperuser('SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  it.skipIf(!isRoot)('runs as nobody where root may not make namespaces, and changes back', async () => {
    await start('nobody');
    const { pid } = server!;
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\s+65534/m);
    await asSuperuser('CREATE TABLE kept AS SELECT 1 AS one');
    await server?.stop();
    await start('namespace');
    expect(await asSuperuser('SELECT one FROM kept')).toEqual([{ one: 1 }]);
    expect(statSync(join(options.dataDir, 'postgres')).uid).toBe(0);
  });
});

describe('a server that cannot start says why and what to do', () => {
  it('when its port is taken', async () => {
    const other = createServer().listen(options.port, '127.0.0.1');
    await once(other, 'listening');
    const outcome = start();
    await outcome.catch(() => other.close());
    await expect(outcome).rejects.toMatchObject({
      name: 'Problem',
      message: expect.stringContaining('its port is taken by another program') as string,
      fix: 'start again: another free port is chosen',
    });
  });

  it.each([
    ['19', /PG_VERSION says 19/, /update the program/],
    ['15', /PG_VERSION says 15/, /restore this one from a backup/],
  ])('when its files are of Postgres %s', async (version, message, fix) => {
    mkdirSync(join(options.dataDir, 'postgres'), { mode: 0o700 });
    writeFileSync(join(options.dataDir, 'postgres', 'PG_VERSION'), `${version}\n`);
    await expect(start()).rejects.toMatchObject({
      name: 'Problem',
      message: expect.stringMatching(message) as string,
      fix: expect.stringMatching(fix) as string,
    });
  });

  it('when its log cannot be written', async () => {
    writeFileSync(join(options.dataDir, 'logs'), 'a file where a folder belongs');
    await expect(start()).rejects.toMatchObject({
      name: 'Problem',
      message: expect.stringMatching(/EEXIST|ENOTDIR/) as string,
    });
  });

  it('when its folder can be read by others', async () => {
    await (await start()).stop();
    chmodSync(join(options.dataDir, 'postgres'), 0o755);
    await expect(start()).rejects.toMatchObject({
      name: 'Problem',
      fix: expect.stringContaining('chmod 700') as string,
    });
  });

  it('when its files are damaged', async () => {
    await (await start()).stop();
    rmSync(join(options.dataDir, 'postgres', 'global', 'pg_control'));
    await expect(start()).rejects.toMatchObject({
      name: 'Problem',
      message: expect.stringContaining('pg_control') as string,
      fix: expect.stringContaining('restore the data folder from a backup') as string,
    });
  });
});

describe('a server that is killed under load', () => {
  it('loses nothing that it had acknowledged', async () => {
    await start();
    await prepareDatabase(options);
    const database = appDatabase(options);
    const acknowledged: string[] = [];
    const failures: unknown[] = [];
    for (let crash = 0; crash < 5; crash += 1) {
      const { pid, exited } = server!;
      const killing = setTimeout(() => process.kill(pid, 'SIGKILL'), 60 + 37 * crash);
      await Promise.all([0, 1, 2].map((writer) => claimUntilItFails(`${crash}/${writer}`)));
      clearTimeout(killing);
      await exited;
      await start();
    }
    const stored = await database.transaction(({ inbox }) => inbox.handled('ingest', acknowledged));
    await database.close();
    expect(acknowledged.length).toBeGreaterThan(50);
    const retryable: unknown = expect.objectContaining({ name: 'DatabaseError', retryable: true });
    expect(failures).toEqual(Array.from({ length: 15 }, () => retryable));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);

    async function claimUntilItFails(prefix: string): Promise<void> {
      for (let index = 0; ; index += 1) {
        const id = `${prefix}/${index}`;
        try {
          await database.transaction(({ inbox }) => inbox.claim('ingest', id));
          acknowledged.push(id);
        } catch (error) {
          failures.push(error);
          return;
        }
      }
    }
  });
});
