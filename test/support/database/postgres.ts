/**
 * A real Postgres of a test's own: temporary folder, free port, every role; gone without a trace afterwards.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { postgresDriver } from '../../../local/cli/reach/embedded-postgres.ts';
import { DATABASE_NAME, GROUPS, LOGIN_SECRETS, type Role } from '../../../local/database/connect.ts';
import type { DatabaseOptions, DatabaseServer } from '../../../local/stack/database-service.ts';
import { freePorts } from '../../../local/stack/ports.ts';
import { createPool } from '../../../shared/adapters/postgres/connection/pool.ts';
import { databaseLogin } from '../../../shared/runtime/with-secret.ts';
import type { Credential } from '../../../shared/contracts/credentials.v1.ts';
import type { Secrets } from '../../../shared/ports/secrets.ts';
import { fixedSecrets } from '../secrets/fixed-secrets.ts';
import {
  createPostgresDatabase,
  type PostgresDatabase,
} from '../../../shared/adapters/postgres/connection/database.ts';

export const TEST_PASSWORDS: Readonly<Record<Role, string>> = {
  superuser: 'superuser-of-a-test',
  owner: 'owner-of-a-test-run',
  app: 'application-of-a-test',
  reader: 'reader-of-a-test-run',
};

export const testSuperuser = async () => ({ username: 'postgres', password: TEST_PASSWORDS.superuser });

/** The logins of a new stack, under passwords that a test can know. */
export function testSecrets(port: number, passwords: Partial<typeof TEST_PASSWORDS> = {}): Secrets {
  const values = (Object.keys(LOGIN_SECRETS) as Role[]).map((role) => [
    LOGIN_SECRETS[role],
    testLogin(role, port, passwords[role]),
  ]);
  return fixedSecrets(Object.fromEntries(values) as Record<string, object>);
}

function testLogin(role: Role, port: number, password = TEST_PASSWORDS[role]): Credential {
  const place = { host: '127.0.0.1', port, database: DATABASE_NAME, password };
  if (role === 'superuser') {
    return { kind: 'database_admin', ...place, username: 'postgres', alternate: 'jules_admin' };
  }
  return { kind: 'database_password', ...place, username: `${GROUPS[role]}_a`, group: GROUPS[role] };
}

export interface TestPostgres {
  readonly options: DatabaseOptions;
  readonly server: DatabaseServer;
  /** The application's view, as handlers have it. */
  readonly database: PostgresDatabase;
  pool(role: Role): Pool;
  /** Kills the server and starts it again on the same port. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** A folder and a port, with nothing running. */
export async function temporaryOptions(wanted?: number): Promise<DatabaseOptions> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jules-postgres-'));
  const [port = 0] = wanted === undefined ? await freePorts(1) : [wanted];
  return { dataDir, port, secrets: testSecrets(port) };
}

export async function startTestPostgres(poolMax = 4, port?: number): Promise<TestPostgres> {
  const options = await temporaryOptions(port);
  const driver = postgresDriver(null, []);
  let server = await driver.start(options);
  await driver.prepare(options);
  const database = appDatabase(options, poolMax);
  const pools: Pool[] = [];
  return {
    options,
    get server() {
      return server;
    },
    database,
    pool(role) {
      const pool = rolePool(options, role);
      pools.push(pool);
      return pool;
    },
    async crash() {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
      server = await driver.start(options);
    },
    async stop() {
      await database.close();
      await Promise.all(pools.map((pool) => pool.end()));
      server.kill();
      await server.exited;
      await rm(options.dataDir, { recursive: true, force: true });
    },
  };
}

export function appDatabase(options: DatabaseOptions, poolMax = 4): PostgresDatabase {
  return createPostgresDatabase(access(options, 'app', poolMax));
}

function rolePool(options: DatabaseOptions, role: Role): Pool {
  return createPool(access(options, role, 2));
}

function access({ port, secrets }: DatabaseOptions, role: Role, poolMax: number) {
  const login = databaseLogin({ secrets, name: LOGIN_SECRETS[role], at: { port } });
  return { login, applicationName: 'jules-test', poolMax };
}
