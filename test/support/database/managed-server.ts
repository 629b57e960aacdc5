/**
 * A server as somebody else runs it, such as RDS: its master is not a superuser, the database is there and the master's, and
 * it speaks TLS with a certificate of its own authority. Underneath it is the embedded Postgres.
 *
 * Throws when there is no `openssl`, which makes the certificates.
 */

import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DATABASE_NAME } from '../../../local/database/connect.ts';
import { startPostgres } from '../../../local/emulators/postgres/server.ts';
import { temporaryOptions, TEST_PASSWORDS, testSuperuser } from './postgres.ts';

export interface ManagedServer {
  readonly port: number;
  readonly dataDir: string;
  /** Certificates that sign that of the server, PEM. */
  readonly authority: string;
  /** A superuser's look from outside, for what the test has to know and no login of ours may. */
  readonly asSuperuser: <Row extends object>(sql: string, database?: string) => Promise<Row[]>;
  stop(): Promise<void>;
}

export const MASTER = { username: 'jules_master', password: "master's: with #{punctuation}" } as const;

export async function startManagedServer(names: readonly string[]): Promise<ManagedServer> {
  const options = await temporaryOptions();
  const { dataDir, port } = options;
  const server = await startPostgres({ dataDir, port, superuser: testSuperuser });
  const asSuperuser = async <Row extends object>(sql: string, database = 'postgres'): Promise<Row[]> => {
    const login = { user: 'postgres', password: TEST_PASSWORDS.superuser };
    const client = new Client({ host: '127.0.0.1', port, database, ...login });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const authority = certify(join(dataDir, 'postgres'), names);
  await asSuperuser('ALTER SYSTEM SET ssl = on');
  await asSuperuser('SELECT pg_reload_conf()');
  const password = MASTER.password.replaceAll("'", "''");
  await asSuperuser(`CREATE ROLE ${MASTER.username} LOGIN CREATEROLE CREATEDB PASSWORD '${password}'`);
  await asSuperuser(`CREATE DATABASE ${DATABASE_NAME} OWNER ${MASTER.username}`);
  return {
    port,
    dataDir,
    authority,
    asSuperuser,
    async stop() {
      server.kill();
      await server.exited;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Puts key and certificate where the server looks for them. */
function certify(clusterDir: string, names: readonly string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'jules-authority-'));
  const openssl = (...args: string[]): string =>
    execFileSync('openssl', args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const days = ['-days', '2'];
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  try {
    openssl('req', '-x509', ...newKey, ...days, '-subj', '/CN=authority', '-keyout', 'ca.key', '-out', 'ca.crt');
    openssl('req', ...newKey, '-subj', '/CN=server', '-keyout', 'server.key', '-out', 'server.csr');
    writeFileSync(join(dir, 'names'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`);
    const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names'];
    const certificate = openssl('x509', '-req', '-in', 'server.csr', ...signing, ...days);
    place(join(clusterDir, 'server.crt'), certificate, clusterDir);
    place(join(clusterDir, 'server.key'), openssl('pkey', '-in', 'server.key'), clusterDir);
    return openssl('x509', '-in', 'ca.crt');
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The server refuses a key that others may read, or that is of another user than itself. */
function place(path: string, text: string, clusterDir: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o600);
  const { uid, gid } = statSync(clusterDir);
  chownSync(path, uid, gid);
}
