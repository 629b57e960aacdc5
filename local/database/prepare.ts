/**
 * Makes a running server ours: roles, database, migrations. With nothing to do it is one connection and a few reads.
 *
 * Each role is a group without a login, which the logins that the vault names inherit. Those of application and reader
 * exist only once the schema stands, so nobody ever meets half of it.
 */

import type { Client } from 'pg';
import { setLogin } from '../../shared/adapters/postgres/login-roles.ts';
import { type DatabaseCredential, readCredential } from '../../shared/contracts/credentials.v1.ts';
import { SecretAccessError } from '../../shared/ports/secrets.ts';
import type { DatabaseOptions } from '../supervisor/database-service.ts';
import { EXIT_DEPENDENCY_DOWN, Problem } from '../supervisor/problem.ts';
import { DATABASE_NAME, GROUPS, LOGIN_SECRETS, sqlState, withClient } from './connect.ts';
import { MIGRATIONS } from './migration-files.ts';
import { applyMigrations, countMigrations, type MigrationCount } from './migrate-runner.ts';

const WRONG_PASSWORD = '28P01';
const NO_SUCH_ROLE = '28000';
const NO_SUCH_DATABASE = '3D000';
const MAY_NOT_CONNECT = '42501';
const NOT_PREPARED = new Set([WRONG_PASSWORD, NO_SUCH_ROLE, NO_SUCH_DATABASE, MAY_NOT_CONNECT]);
/** Two starts at once would make the same role. */
const LOCK = 4_750_017;

/** Idempotent. Throws Problem. */
export async function prepareDatabase(options: DatabaseOptions, folders = MIGRATIONS): Promise<void> {
  if (await isPrepared(options, folders)) return;
  await withSuperuser(options, 'postgres', async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await makeGroups(client);
    await makeDatabase(client);
    await makeLogin(client, 'owner', options);
    await withSuperuser(options, DATABASE_NAME, createExtension);
    await withClient(options, { role: 'owner' }, (owner) => applyMigrations(owner, folders));
    await makeLogin(client, 'app', options);
    await makeLogin(client, 'reader', options);
  });
}

/** What the database has; nothing, when it was never prepared. */
export async function migrationCount(options: DatabaseOptions, folders = MIGRATIONS): Promise<MigrationCount | null> {
  try {
    return await withClient(options, { role: 'owner' }, (client) => countMigrations(client, folders));
  } catch (error) {
    if (NOT_PREPARED.has(sqlState(error))) return null;
    throw error;
  }
}

async function isPrepared(options: DatabaseOptions, folders: typeof MIGRATIONS): Promise<boolean> {
  try {
    const count = await withClient(options, { role: 'owner' }, (client) => countMigrations(client, folders));
    if (count.pending > 0) return false;
    await Promise.all((['app', 'reader'] as const).map((role) => withClient(options, { role }, async () => undefined)));
    return true;
  } catch (error) {
    if (NOT_PREPARED.has(sqlState(error))) return false;
    throw error;
  }
}

async function withSuperuser(
  options: DatabaseOptions,
  database: string,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  try {
    await withClient(options, { role: 'superuser', database }, work);
  } catch (cause) {
    if (sqlState(cause) !== WRONG_PASSWORD) throw cause;
    throw new Problem(`the database of ${options.dataDir} was made with other passwords than its vault holds`, {
      fix: 'restore the vault that belongs to it (docs/runbooks/secrets.md), or start over with ./jules reset',
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  }
}

async function makeGroups(client: Client): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles');
  const known = new Set(rows.map((row) => row.rolname));
  for (const group of Object.values(GROUPS)) if (!known.has(group)) await client.query(`CREATE ROLE ${group} NOLOGIN`);
}

/** Also puts the password right, should the vault know another one. */
async function makeLogin(client: Client, role: keyof typeof GROUPS, { secrets }: DatabaseOptions): Promise<void> {
  const { name, text } = await secrets.get(LOGIN_SECRETS[role]);
  const credential = readCredential(text);
  if (!isLoginOf(credential, role)) {
    const message = `is no login of ${GROUPS[role]}: put a credential of kind database_password and that group`;
    throw new SecretAccessError(message, { code: 'VALUE_INVALID', secretName: name, retryable: false });
  }
  await setLogin(client, credential);
}

function isLoginOf(
  credential: ReturnType<typeof readCredential>,
  role: keyof typeof GROUPS,
): credential is DatabaseCredential {
  return credential?.kind === 'database_password' && credential.group === GROUPS[role];
}

async function makeDatabase(client: Client): Promise<void> {
  const { rows } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE_NAME]);
  if (rows.length === 0) await client.query(`CREATE DATABASE ${DATABASE_NAME} OWNER ${GROUPS.owner}`);
  await client.query(`REVOKE ALL ON DATABASE ${DATABASE_NAME} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${DATABASE_NAME} TO ${GROUPS.app}, ${GROUPS.reader}`);
}

/** Only where the server brings it, which the embedded one does not. */
async function createExtension(client: Client): Promise<void> {
  const { rows } = await client.query(`SELECT FROM pg_available_extensions WHERE name = 'timescaledb'`);
  if (rows.length > 0) await client.query('CREATE EXTENSION IF NOT EXISTS timescaledb');
}
