/**
 * Makes a running server ours: roles, database, migrations. With nothing to do it is a few connections and reads.
 *
 * Each role is a group without a login, which the logins that the secrets name inherit. Those of application and reader
 * exist only once the schema is complete, so no login ever meets half of it.
 *
 * Our administrator is a superuser on a server of our own. A managed one has a master that is not: it makes the groups,
 * the database and our administrator, who then makes the logins, as each rotation will.
 */

import type { Client } from 'pg';
import { setLogin, setRoleMaker } from '../../shared/adapters/postgres/connection/login-roles.ts';
import { type Credential, type CredentialKind, readCredential } from '../../shared/contracts/credentials.v1.ts';
import type { CredentialSource } from '../../shared/ports/credential-source.ts';
import { SecretAccessError, type Secrets } from '../../shared/ports/secrets.ts';
import type { DatabaseOptions } from '../stack/database-service.ts';
import { EXIT_DEPENDENCY_DOWN, Problem } from '../problem.ts';
import {
  DATABASE_NAME,
  GROUPS,
  type Login,
  LOGIN_SECRETS,
  type Role,
  type Server,
  sqlState,
  withClient,
  withClientAs,
} from './connect.ts';
import { MIGRATIONS } from './migration-files.ts';
import { applyMigrations, countMigrations, type MigrationCount } from './migrate-runner.ts';

const WRONG_PASSWORD = '28P01';
const NO_SUCH_ROLE = '28000';
const NO_SUCH_DATABASE = '3D000';
const MAY_NOT_CONNECT = '42501';
const NOT_PREPARED = new Set([WRONG_PASSWORD, NO_SUCH_ROLE, NO_SUCH_DATABASE, MAY_NOT_CONNECT]);
/** Two starts at once would make the same role. */
const LOCK = 4_750_017;

export interface ManagedServer extends Server {
  /** The server's own administrator, which makes ours. Absent: ours is a superuser. */
  readonly master?: CredentialSource<Login>;
  /** Looks at the server before anything is made; throws what is wrong with it. */
  readonly check?: (client: Client) => Promise<void>;
  /** What comes next, for people. */
  readonly note?: (text: string) => void;
}

/** Idempotent. Throws Problem. */
export async function prepareDatabase(options: DatabaseOptions, folders = MIGRATIONS): Promise<void> {
  try {
    await prepareServer(options, folders);
  } catch (cause) {
    if (sqlState(cause) !== WRONG_PASSWORD) throw cause;
    throw new Problem(`the database of ${options.dataDir} was made with other passwords than its vault holds`, {
      fix: 'restore the vault that belongs to it (docs/runbooks/secrets.md), or start over with ./jules reset',
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  }
}

/** How many migrations were missing; null when nothing at all was. */
export async function prepareServer(server: ManagedServer, folders = MIGRATIONS): Promise<number | null> {
  if (await isPrepared(server, folders)) return null;
  return asMaster(server, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await server.check?.(client);
    server.note?.('roles and database');
    await makeGroups(client);
    const administrator = server.master === undefined ? null : await makeAdministrator(client, server);
    await makeDatabase(client, administrator);
    if (await hasTimescale(client)) await withClient(server, { role: 'superuser' }, createTimescale);
    return withClient(server, { role: 'superuser' }, (admin) => makeLoginsAndSchema(admin, server, folders));
  });
}

/** What the database has; nothing, when it was never prepared. */
export async function migrationCount(server: Server, folders = MIGRATIONS): Promise<MigrationCount | null> {
  try {
    return await withClient(server, { role: 'owner' }, (client) => countMigrations(client, folders));
  } catch (error) {
    if (NOT_PREPARED.has(sqlState(error))) return null;
    throw error;
  }
}

async function isPrepared(server: ManagedServer, folders: typeof MIGRATIONS): Promise<boolean> {
  try {
    const count = await withClient(server, { role: 'owner' }, (client) => countMigrations(client, folders));
    if (count.pending > 0) return false;
    await Promise.all((['app', 'reader'] as const).map((role) => withClient(server, { role }, async () => undefined)));
    return server.master === undefined || (await withClient(server, { role: 'superuser' }, isAdministrator));
  } catch (error) {
    if (NOT_PREPARED.has(sqlState(error))) return false;
    throw error;
  }
}

async function isAdministrator(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT rolsuper OR (rolcreaterole AND (
        SELECT bool_and(pg_has_role(current_user, name, 'MEMBER WITH ADMIN OPTION')) FROM unnest($1::text[]) AS name
      )) AS may FROM pg_roles WHERE rolname = current_user`,
    [Object.values(GROUPS)],
  );
  return rows[0]?.may === true;
}

function asMaster<Result>(server: ManagedServer, work: (client: Client) => Promise<Result>): Promise<Result> {
  const database = 'postgres';
  if (server.master === undefined) return withClient(server, { role: 'superuser', database }, work);
  return withClientAs(server, { login: server.master, database }, work);
}

async function makeLoginsAndSchema(admin: Client, server: ManagedServer, folders: typeof MIGRATIONS): Promise<number> {
  await makeLogin(admin, 'owner', server.secrets);
  server.note?.('migrations');
  const applied = await withClient(server, { role: 'owner' }, (owner) => applyMigrations(owner, folders));
  server.note?.('logins');
  await makeLogin(admin, 'app', server.secrets);
  await makeLogin(admin, 'reader', server.secrets);
  return applied;
}

async function makeGroups(client: Client): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles');
  const known = new Set(rows.map((row) => row.rolname));
  for (const group of Object.values(GROUPS)) if (!known.has(group)) await client.query(`CREATE ROLE ${group} NOLOGIN`);
}

/** Its name. */
async function makeAdministrator(client: Client, { secrets }: Server): Promise<string> {
  const credential = await credentialOf(secrets, 'superuser', 'database_admin');
  await setRoleMaker(client, credential, Object.values(GROUPS));
  return credential.username;
}

/** Also puts the password right, should the secrets know another one. */
async function makeLogin(client: Client, role: keyof typeof GROUPS, secrets: Secrets): Promise<void> {
  const credential = await credentialOf(secrets, role, 'database_password');
  if (credential.group !== GROUPS[role]) throw noLogin(role, `of kind database_password and group ${GROUPS[role]}`);
  await setLogin(client, credential);
}

async function credentialOf<Kind extends CredentialKind>(
  secrets: Secrets,
  role: Role,
  kind: Kind,
): Promise<Extract<Credential, { kind: Kind }>> {
  const { text } = await secrets.get(LOGIN_SECRETS[role]);
  const credential = readCredential(text);
  if (credential?.kind !== kind) throw noLogin(role, `of kind ${kind}`);
  return credential as Extract<Credential, { kind: Kind }>;
}

function noLogin(role: Role, wanted: string): SecretAccessError {
  const secretName = LOGIN_SECRETS[role];
  return new SecretAccessError(
    `is not a login of ${role === 'superuser' ? 'an administrator' : GROUPS[role]}: put one ${wanted}`,
    {
      code: 'VALUE_INVALID',
      secretName,
      retryable: false,
    },
  );
}

/**
 * Hands the database over to its owner in one transaction. A master may not act as the roles that it makes, which
 * handing over needs; it lends itself that right and gives it back.
 */
async function makeDatabase(client: Client, administrator: string | null): Promise<void> {
  const { rows } = await client.query<{ owner: string }>(
    'SELECT rolname AS owner FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE datname = $1',
    [DATABASE_NAME],
  );
  if (rows.length === 0) await client.query(`CREATE DATABASE ${DATABASE_NAME}`);
  const connecting = [GROUPS.app, GROUPS.reader, ...(administrator === null ? [] : [administrator])];
  const statements = [
    'BEGIN',
    `GRANT ${GROUPS.owner} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE`,
    ...(rows[0]?.owner === GROUPS.owner ? [] : [`ALTER DATABASE ${DATABASE_NAME} OWNER TO ${GROUPS.owner}`]),
    `SET LOCAL ROLE ${GROUPS.owner}`,
    `REVOKE ALL ON DATABASE ${DATABASE_NAME} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${DATABASE_NAME} TO ${connecting.join(', ')}`,
    'SET LOCAL ROLE NONE',
    `REVOKE ${GROUPS.owner} FROM CURRENT_USER`,
    'COMMIT',
  ];
  for (const statement of statements) await client.query(statement);
}

/** Only where the server brings it, which neither the embedded one nor RDS does; a managed one that does has made it. */
async function hasTimescale(client: Client): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM pg_available_extensions, pg_roles WHERE name = 'timescaledb' AND rolname = current_user AND rolsuper`,
  );
  return rows.length > 0;
}

async function createTimescale(client: Client): Promise<void> {
  await client.query('CREATE EXTENSION IF NOT EXISTS timescaledb');
}
