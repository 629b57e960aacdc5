/**
 * The database password rotated for real: our endpoint drives the handler, the handler changes roles of a real server,
 * and an application goes on asking its questions all the while.
 */

import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRotation } from '../../../functions/rotate-secrets/handler.ts';
import { DATABASE_NAME } from '../../../local/database/connect.ts';
import { createDatabaseAdmin } from '../../../shared/adapters/postgres/connection/database-admin.ts';
import { createSecretStore } from '../../../shared/adapters/secrets/secret-store.ts';
import { createSecrets, createSecretsClient } from '../../../shared/adapters/secrets/secrets-manager.ts';
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import {
  type DatabaseAccess,
  type DatabaseCredential,
  readCredential,
} from '../../../shared/contracts/credentials.v1.ts';
import type { DatabaseAdmin } from '../../../shared/ports/database-admin.ts';
import type { Secrets } from '../../../shared/ports/secrets.ts';
import { withDatabaseAccess } from '../../../shared/runtime/with-secret.ts';
import { startTestPostgres, TEST_PASSWORDS, type TestPostgres } from '../../support/database/postgres.ts';
import { ACCESS_KEY, REGION, startTestEndpoint, type TestEndpoint } from '../../support/secrets/endpoints.ts';
import { databaseCredential, keysElsewhere } from '../../support/secrets/rotation-world.ts';

const APP = 'jules/database/app';
const ADMIN = 'jules/database/admin';
const WORKERS = 4;
const PATIENCE_MS = 20_000;

let postgres: TestPostgres;
let endpoint: TestEndpoint;
let client: SecretsManagerClient;
let admin: DatabaseAdmin;
let rotate: (event: unknown) => Promise<void>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  endpoint = await startTestEndpoint({ invoker: { invoke: (_arn, event) => rotate(event) } });
  client = createSecretsClient({ region: REGION, endpoint: endpoint.url, credentials: ACCESS_KEY });
  const secrets = freshSecrets();
  const clock = systemClock();
  admin = createDatabaseAdmin((work) => withDatabaseAccess({ secrets, name: ADMIN }, work));
  const logger = createLogger({ name: 'test', level: 'silent' });
  rotate = createRotation({
    store: createSecretStore(client),
    database: admin,
    keys: keysElsewhere(),
    clock,
    logger,
    tokenOverlapMs: 0,
  });
  await create(ADMIN, { ...server(), username: 'postgres', password: TEST_PASSWORDS.superuser });
  await create(APP, appCredential());
});
afterAll(async () => {
  client.destroy();
  await endpoint.stop();
  await postgres.stop();
});

describe('a database password, rotated three times under load', () => {
  it('fails no query, keeps old sessions, and ends with two login roles that inherit the application', async () => {
    const old = await connect(appCredential());
    // From here on the login that the load begins with is changed under it by every second rotation.
    await rotateNow();
    const load = startLoad(freshSecrets());
    const users: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await rotateNow();
      users.push((await current()).username);
      const before = load.answers();
      while (load.answers() < before + WORKERS * 5 && load.failures.length === 0) await delay(5);
    }
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(users).toEqual(['jules_app_a', 'jules_app_b', 'jules_app_a']);
    expect((await old.query('SELECT count(*) FROM runs')).rows).toHaveLength(1);
    await old.end();
  });
});

describe('the Lambda entry', () => {
  it('rotates by what its environment says', async () => {
    const environment = {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: ACCESS_KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ACCESS_KEY.secretAccessKey,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint.url,
      JULES_ADMIN_SECRET: ADMIN,
      JULES_LOG: 'silent',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const { handler } = await import('../../../functions/rotate-secrets/index.ts');
    const direct = rotate;
    rotate = handler;
    const before = await current();
    await rotateNow();
    rotate = direct;
    const now = await current();
    expect(now.username).not.toBe(before.username);
    expect(await admin.canLogIn(now)).toBe(true);
    expect(await admin.canLogIn(before)).toBe(true);
  });
});

describe('the database admin', () => {
  it('knows a wrong password, a missing role and a role without the grants from a login', async () => {
    const now = await current();
    expect(await admin.canLogIn(now)).toBe(true);
    expect(await admin.canLogIn({ ...now, password: 'not-the-password' })).toBe(false);
    expect(await admin.canLogIn({ ...now, username: 'jules_nobody' })).toBe(false);
    expect(await admin.canLogIn({ ...now, group: 'jules_owner' })).toBe(false);
  });

  it('throws as retryable when no server answers', async () => {
    const away = { ...(await current()), port: 1 };
    await expect(admin.canLogIn(away)).rejects.toMatchObject({ name: 'DatabaseError', retryable: true });
  });

  it('touches no role that may more than an application', async () => {
    const strong = { ...(await current()), username: 'postgres' };
    await expect(admin.setPassword(strong)).rejects.toMatchObject({ code: 'ROLE_REFUSED' });
    expect(await admin.canLogIn({ ...strong, group: 'postgres', password: TEST_PASSWORDS.superuser })).toBe(true);
  });

  it('does not take its rights to another server', async () => {
    const elsewhere = { ...(await current()), port: 1 };
    await expect(admin.setPassword(elsewhere)).rejects.toMatchObject({ code: 'ROLE_REFUSED' });
  });

  it('stores a verifier and never the password', async () => {
    const { username, password } = await current();
    const superuser = await connect({ ...server(), username: 'postgres', password: TEST_PASSWORDS.superuser });
    const { rows } = await superuser.query<{ stored: string }>(
      'SELECT rolpassword AS stored FROM pg_authid WHERE rolname = $1',
      [username],
    );
    await superuser.end();
    expect(rows[0]?.stored).toMatch(/^SCRAM-SHA-256\$/);
    expect(rows[0]?.stored).not.toContain(password);
  });

  it('reads its own access again when that was rotated a moment ago', async () => {
    const secrets = freshSecrets();
    const lazy = createDatabaseAdmin((work) => withDatabaseAccess({ secrets, name: APP }, work));
    await secrets.get(APP);
    for (let round = 0; round < 2; round += 1) await rotateNow();
    // The login that is in the cache is refused by now; the new one may not make roles, which is what is answered.
    const wanted = { ...(await current()), username: 'jules_app_z' };
    await expect(lazy.setPassword(wanted)).rejects.toMatchObject({ code: '42501' });
  });
});

function server() {
  return { host: '127.0.0.1', port: postgres.options.port, database: DATABASE_NAME };
}

function appCredential(): DatabaseCredential {
  return databaseCredential({ ...server(), username: 'jules_app_a', password: TEST_PASSWORDS.app });
}

function freshSecrets(): Secrets {
  return createSecrets({ sources: [{ name: 'vault', client }], clock: systemClock() });
}

async function create(Name: string, value: object): Promise<void> {
  await client.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(value) }));
}

async function current(): Promise<DatabaseCredential> {
  const { SecretString: text = '' } = await client.send(new GetSecretValueCommand({ SecretId: APP }));
  const credential = readCredential(text);
  if (credential?.kind !== 'database_password') throw new Error('the secret is not a database password');
  return credential;
}

async function rotateNow(): Promise<void> {
  const RotationLambdaARN = 'arn:aws:lambda:us-east-1:000000000000:function:rotate-secrets';
  const rules = { RotationRules: { AutomaticallyAfterDays: 7 } };
  const { VersionId } = await client.send(new RotateSecretCommand({ SecretId: APP, RotationLambdaARN, ...rules }));
  const untilMs = performance.now() + PATIENCE_MS;
  while (performance.now() < untilMs) {
    const { VersionIdsToStages: stages } = await client.send(new DescribeSecretCommand({ SecretId: APP }));
    if (stages?.[VersionId ?? '']?.includes('AWSCURRENT')) return;
    await delay(20);
  }
  throw new Error(`version ${VersionId} did not become current`);
}

/** Workers with a session each, and a new login by the cached secret for every few questions. */
function startLoad(secrets: Secrets) {
  const failures: string[] = [];
  let answers = 0;
  let isOver = false;

  async function ask(access: DatabaseAccess): Promise<void> {
    const session = await connect(access);
    try {
      for (let query = 0; query < 5; query += 1) {
        await session.query('SELECT count(*) FROM runs');
        answers += 1;
        await delay(5);
      }
    } finally {
      await session.end();
    }
  }

  const workers = Array.from({ length: WORKERS }, async () => {
    while (!isOver) {
      await withDatabaseAccess({ secrets, name: APP }, ask).catch((error: unknown) => failures.push(String(error)));
    }
  });
  return {
    failures,
    answers: () => answers,
    async stop() {
      isOver = true;
      await Promise.all(workers);
    },
  };
}

async function connect({ host, port, database, username, password }: DatabaseAccess): Promise<Client> {
  const session = new Client({ host, port, database, user: username, password });
  try {
    await session.connect();
  } catch (error) {
    await session.end();
    throw error;
  }
  return session;
}
