/**
 * `jules migrate --target aws` on a real server whose only administrator is not a superuser, with real TLS. AWS is the real
 * client with our endpoint for its secrets and a stand-in for the rest.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteSecretCommand, RestoreSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRotation } from '../../../functions/rotate-secrets/handler.ts';
import { freePorts } from '../../../local/stack/ports.ts';
import { createDatabaseAdmin } from '../../../shared/adapters/postgres/connection/database-admin.ts';
import { createSecretStore } from '../../../shared/adapters/secrets/secret-store.ts';
import { createSecrets } from '../../../shared/adapters/secrets/secrets-manager.ts';
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import { withDatabaseAccess } from '../../../shared/runtime/with-secret.ts';
import { SECRETS } from '../../../shared/topology.ts';
import { databaseRights } from '../../support/database/database-rights.ts';
import { MASTER } from '../../support/database/managed-server.ts';
import { ACCOUNT, ADMIN, LOGINS, ManagedTarget, MASTER_SECRET } from '../../support/database/managed-target.ts';
import { startTestPostgres } from '../../support/database/postgres.ts';
import { REGION } from '../../support/secrets/endpoints.ts';
import { keysElsewhere } from '../../support/secrets/rotation-world.ts';

const MIGRATIONS = readdirSync(join(import.meta.dirname, '../../../sql/migrations')).length;

let target: ManagedTarget;
beforeAll(async () => {
  target = await ManagedTarget.start();
});
afterAll(() => target?.stop());
beforeEach(() => {
  for (const [name, value] of Object.entries(target.environment)) vi.stubEnv(name, value);
});

describe('a managed server that is not prepared', () => {
  it('is left as it is when nobody agrees, and when nobody can be asked', async () => {
    const before = await target.snapshot();
    const declined = await target.migrate({ answer: 'no' });
    expect(declined.code).toBe(1);
    expect(declined.notes).toContain('nothing was changed');
    const silent = await target.migrate({ answer: null });
    expect(silent.code).toBe(2);
    expect(silent.notes).toContain('this terminal is not interactive');
    expect(await target.snapshot()).toEqual(before);
  });

  it('gets no password without a certificate that is verified, and says how to have it verified', async () => {
    const unknown = await target.migrate({ args: ['--yes'], withoutCa: true });
    expect(unknown.code).toBe(4);
    expect(unknown.notes).toMatch(/has a certificate that nobody known here signed/);
    expect(unknown.notes).toMatch(/fix: .*--ca FILE.*certificate bundle of RDS/);
  });

  it('is refused where its certificate is for another name, whatever the way there is called', async () => {
    await moveSecrets('elsewhere.jules.test');
    for (const host of ['127.0.0.1', 'localhost']) {
      const { code, notes } = await target.migrate({ args: ['--yes'], at: `${host}:${target.server.port}` });
      expect(code).toBe(4);
      expect(notes).toContain('has a certificate that is not for elsewhere.jules.test');
    }
    await moveSecrets('localhost');
  });

  it('is refused where it speaks no TLS', async () => {
    const plain = await startTestPostgres();
    const { code, notes } = await target.migrate({ args: ['--yes'], at: `127.0.0.1:${plain.options.port}` });
    await plain.stop();
    expect(code).toBe(4);
    expect(notes).toContain('does not speak TLS');
  });

  it('is said to be away with the way to reach it', async () => {
    const [port] = await freePorts(1);
    const { code, notes } = await target.migrate({ args: ['--yes'], at: `127.0.0.1:${port}` });
    expect(code).toBe(4);
    expect(notes).toMatch(/database server 127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED/);
    expect(notes).toMatch(/fix: .*forward a port/);
  });

  it('refuses a wrong password of its master, who is named with his secret', async () => {
    await target.put(MASTER_SECRET, { ...MASTER, password: 'not-the-password' });
    const { code, notes } = await target.migrate({ args: ['--yes'] });
    await target.put(MASTER_SECRET, MASTER);
    expect(code).toBe(4);
    expect(notes).toContain('password authentication failed for user "jules_master"');
    expect(notes).toMatch(/fix: .*rds!db-.*--admin-secret/);
  });

  it('is left whole by a master with too few rights', async () => {
    await target.server.asSuperuser('ALTER ROLE jules_master NOCREATEROLE');
    const { code, notes } = await target.migrate({ args: ['--yes'] });
    await target.server.asSuperuser('ALTER ROLE jules_master CREATEROLE');
    expect(code).toBe(1);
    expect(notes).toMatch(/too few rights: permission denied/);
    expect(notes).toContain('CREATEROLE');
  });

  it('is refused when it says that it is older than the schema needs', async () => {
    // No older server is at hand: this one is made to say so.
    await target.server.asSuperuser(`CREATE FUNCTION public.current_setting(text) RETURNS text LANGUAGE sql
      AS $$ SELECT CASE $1 WHEN 'server_version' THEN '17.5' ELSE '170005' END $$`);
    await target.server.asSuperuser('ALTER ROLE jules_master SET search_path = public, pg_catalog');
    const { code, notes } = await target.migrate({ args: ['--yes'] });
    await target.server.asSuperuser('ALTER ROLE jules_master RESET search_path');
    await target.server.asSuperuser('DROP FUNCTION public.current_setting(text)');
    expect(code).toBe(4);
    expect(notes).toContain('the server runs Postgres 17.5, and the schema needs 18');
  });

  it.each([SECRETS.databaseReader.name, ADMIN])('is not touched while %s is missing', async (secret) => {
    await target.client.send(new DeleteSecretCommand({ SecretId: secret }));
    const before = await target.snapshot();
    const { code, notes } = await target.migrate({ args: ['--yes'] });
    await target.client.send(new RestoreSecretCommand({ SecretId: secret }));
    expect(code).toBe(4);
    expect(notes).toContain(`secret ${secret}`);
    expect(notes).toContain('fix: ');
    expect(await target.snapshot()).toEqual(before);
  });

  it('is not touched while the logins lead to two servers', async () => {
    await target.alter(SECRETS.databaseApp.name, { port: 1 });
    const { code, notes } = await target.migrate({ args: ['--yes'] });
    await target.alter(SECRETS.databaseApp.name, { port: target.server.port });
    expect(code).toBe(1);
    expect(notes).toMatch(/secret jules\/database\/app names server localhost:1, not localhost:\d+/);
  });
});

describe('a managed server that migrate prepares', () => {
  it('says account, region, server and administrator, asks, and makes everything', async () => {
    const { code, notes, data } = await target.migrate({ answer: 'yes' });
    expect(notes).toContain(`AWS account ${ACCOUNT}, region ${REGION}`);
    expect(notes).toContain(
      `database server localhost:${target.server.port} by way of 127.0.0.1:${target.server.port}`,
    );
    expect(notes).toContain(`:secret:${MASTER_SECRET}`);
    expect(data).toBe(
      `prepared localhost:${target.server.port}: applied ${MIGRATIONS} migrations, ${MIGRATIONS} are there, every login is set`,
    );
    expect(code).toBe(0);
  });

  it('is changed by nothing the second time', async () => {
    const before = await target.snapshot();
    const { code, data } = await target.migrate({ args: ['--yes', '--json'] });
    expect(code).toBe(0);
    const [database, at] = [`localhost:${target.server.port}`, `127.0.0.1:${target.server.port}`];
    const places = { target: 'aws', account: ACCOUNT, region: REGION, database, server: at };
    expect(JSON.parse(data)).toEqual({ ...places, changed: false, applied: 0, total: MIGRATIONS });
    expect(await target.snapshot()).toEqual(before);
  });

  it('gives every role exactly the rights that it has in a database of this machine', async () => {
    const local = await startTestPostgres();
    const askLocal = async <Row extends object>(sql: string) => (await local.pool('superuser').query<Row>(sql)).rows;
    const [here, there] = [await databaseRights(askLocal), await databaseRights(target.server.asSuperuser)];
    await local.stop();
    expect(there).toEqual(here);
    expect(here.length).toBeGreaterThan(50);
  });

  it('lets in every login under TLS, each for what it is', async () => {
    const whoAmI = (secret: string) => target.ask(secret, 'SELECT current_user AS who');
    expect(await Promise.all(LOGINS.map(whoAmI))).toEqual([
      [{ who: 'jules_owner' }],
      [{ who: 'jules_app_a' }],
      [{ who: 'jules_reader_a' }],
    ]);
    expect(await target.ask(SECRETS.databaseReader.name, 'SELECT count(*)::int AS rows FROM runs')).toEqual([
      { rows: 0 },
    ]);
    const denied = target.ask(SECRETS.databaseReader.name, 'DELETE FROM runs');
    await expect(denied).rejects.toMatchObject({ code: '42501' });
  });

  it('makes an administrator who passes the groups on and has none of their rights', async () => {
    const attributes =
      'SELECT rolsuper, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles WHERE rolname = current_user';
    expect(await target.ask(ADMIN, attributes)).toEqual([
      { rolsuper: false, rolcreaterole: true, rolcreatedb: false, rolcanlogin: true },
    ]);
    await expect(target.ask(ADMIN, 'SELECT FROM runs')).rejects.toMatchObject({ code: '42501' });
    await expect(target.ask(ADMIN, 'SET ROLE jules_owner')).rejects.toMatchObject({ code: '42501' });
  });

  it('takes back the right to act as the owner that its master lent itself', async () => {
    const rows = await target.server.asSuperuser(
      `SELECT FROM pg_auth_members WHERE member = 'jules_master'::regrole AND set_option`,
    );
    expect(rows).toEqual([]);
  });

  it('puts a password right that the secret of its administrator has and the server has not', async () => {
    await target.server.asSuperuser(`ALTER ROLE jules_admin PASSWORD 'another-one'`);
    const { code, data } = await target.migrate({ args: ['--yes', '--json'] });
    expect(code).toBe(0);
    expect(JSON.parse(data)).toMatchObject({ changed: true, applied: 0 });
    expect(await target.ask(ADMIN, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is rotated by that administrator, twice for each login, and still has nothing to do', async () => {
    for (const secret of LOGINS) {
      const users = [await userOf(secret), await rotateNow(secret), await rotateNow(secret)];
      const group = users[0]!.replace(/_a$/, '');
      expect(users).toEqual([`${group}_a`, `${group}_b`, `${group}_a`]);
      expect(await target.ask(secret, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    }
    const { data } = await target.migrate({ args: ['--yes'] });
    expect(data).toBe(`nothing to do: ${MIGRATIONS} migrations are there, and every login works`);
  });

  it('gets its database, too, where it was lost, by two that run at once', async () => {
    const rights = await databaseRights(target.server.asSuperuser);
    await target.server.asSuperuser('DROP DATABASE jules');
    const both = await Promise.all([target.migrate({ args: ['--yes'] }), target.migrate({ args: ['--yes'] })]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await databaseRights(target.server.asSuperuser)).toEqual(rights);
  });

  it('showed no password to anybody', async () => {
    const passwords = await Promise.all([...LOGINS, ADMIN].map(async (name) => (await target.accessOf(name)).password));
    const log = readFileSync(join(target.server.dataDir, 'logs', 'postgres.log'), 'utf8');
    const said = [...target.said, log].join('\n');
    for (const password of passwords) expect(said).not.toContain(password);
    expect(target.said.join('\n')).not.toContain(MASTER.password);
  });
});

/** Of all logins. */
async function moveSecrets(host: string): Promise<void> {
  for (const name of [...LOGINS, ADMIN]) await target.alter(name, { host });
}

async function userOf(name: string): Promise<string> {
  return (await target.accessOf(name)).username;
}

/** All four steps, as Secrets Manager calls them; the user that is current afterwards. */
async function rotateNow(secret: string): Promise<string> {
  const { client } = target;
  const secrets = createSecrets({ sources: [{ name: 'vault', client }], clock: systemClock() });
  target.rotate = createRotation({
    store: createSecretStore(client),
    database: createDatabaseAdmin((work) => withDatabaseAccess({ secrets, name: ADMIN }, work)),
    keys: keysElsewhere(),
    clock: systemClock(),
    logger: createLogger({ name: 'test', level: 'silent' }),
    tokenOverlapMs: 0,
  });
  const before = await userOf(secret);
  const RotationLambdaARN = 'arn:aws:lambda:us-east-1:000000000000:function:rotate-secrets';
  const rules = { RotationRules: { AutomaticallyAfterDays: 7 } };
  await client.send(new RotateSecretCommand({ SecretId: secret, RotationLambdaARN, ...rules }));
  await vi.waitUntil(async () => (await userOf(secret)) !== before, { timeout: 20_000, interval: 20 });
  return userOf(secret);
}
