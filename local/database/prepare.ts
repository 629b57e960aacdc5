/**
 * Makes a running server ours: roles, database, migrations. With nothing to do it is one connection and a few reads.
 *
 * The application's and the reader's roles may log in only once the schema stands, so nobody ever meets half of it.
 */

import type { Client } from 'pg';
import { scramVerifier } from '../../shared/adapters/postgres/scram.ts';
import type { DatabaseOptions } from '../supervisor/database-service.ts';
import { EXIT_DEPENDENCY_DOWN, Problem } from '../supervisor/problem.ts';
import { DATABASE_NAME, ROLE_NAMES, sqlState, withClient } from './connect.ts';
import { MIGRATIONS } from './migration-files.ts';
import { applyMigrations, countMigrations, type MigrationCount } from './migrate-runner.ts';

const WRONG_PASSWORD = '28P01';
const NO_SUCH_ROLE = '28000';
const NO_SUCH_DATABASE = '3D000';
/** Two starts at once would make the same role. */
const LOCK = 4_750_017;

/** Idempotent. Throws Problem. */
export async function prepareDatabase(options: DatabaseOptions, folders = MIGRATIONS): Promise<void> {
  if (await isPrepared(options, folders)) return;
  await withSuperuser(options, 'postgres', async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await makeRoles(client, options);
    await makeDatabase(client);
    await withSuperuser(options, DATABASE_NAME, createExtension);
    await withClient(options, { role: 'owner' }, (owner) => applyMigrations(owner, folders));
    await client.query(`ALTER ROLE ${ROLE_NAMES.app} LOGIN`);
    await client.query(`ALTER ROLE ${ROLE_NAMES.reader} LOGIN`);
  });
}

/** What the database has; nothing, when it was never prepared. */
export async function migrationCount(options: DatabaseOptions, folders = MIGRATIONS): Promise<MigrationCount | null> {
  try {
    return await withClient(options, { role: 'owner' }, (client) => countMigrations(client, folders));
  } catch (error) {
    if ([WRONG_PASSWORD, NO_SUCH_ROLE, NO_SUCH_DATABASE].includes(sqlState(error))) return null;
    throw error;
  }
}

async function isPrepared(options: DatabaseOptions, folders: typeof MIGRATIONS): Promise<boolean> {
  try {
    return await withClient(options, { role: 'owner' }, async (client) => {
      const { pending } = await countMigrations(client, folders);
      return pending === 0 && (await mayLogIn(client));
    });
  } catch (error) {
    if ([WRONG_PASSWORD, NO_SUCH_ROLE, NO_SUCH_DATABASE].includes(sqlState(error))) return false;
    throw error;
  }
}

async function mayLogIn(client: Client): Promise<boolean> {
  const roles = [ROLE_NAMES.app, ROLE_NAMES.reader];
  const { rows } = await client.query('SELECT FROM pg_roles WHERE rolname = ANY ($1) AND rolcanlogin', [roles]);
  return rows.length === roles.length;
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
    throw new Problem(`the database of ${options.dataDir} was made with other passwords than credentials.json holds`, {
      fix: 'restore credentials.json from a backup, or start over with ./jules reset',
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  }
}

/** Also puts the passwords right, should they have been changed in the credentials. */
async function makeRoles(client: Client, { credentials }: DatabaseOptions): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles');
  const known = new Set(rows.map((row) => row.rolname));
  for (const role of ['owner', 'app', 'reader'] as const) {
    const name = ROLE_NAMES[role];
    if (!known.has(name)) await client.query(`CREATE ROLE ${name} ${role === 'owner' ? 'LOGIN' : 'NOLOGIN'}`);
    await client.query(`ALTER ROLE ${name} PASSWORD '${scramVerifier(credentials[role])}'`);
  }
}

async function makeDatabase(client: Client): Promise<void> {
  const { rows } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE_NAME]);
  if (rows.length === 0) await client.query(`CREATE DATABASE ${DATABASE_NAME} OWNER ${ROLE_NAMES.owner}`);
  await client.query(`REVOKE ALL ON DATABASE ${DATABASE_NAME} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${DATABASE_NAME} TO ${ROLE_NAMES.app}, ${ROLE_NAMES.reader}`);
}

/** Only where the server brings it, which the embedded one does not. */
async function createExtension(client: Client): Promise<void> {
  const { rows } = await client.query(`SELECT FROM pg_available_extensions WHERE name = 'timescaledb'`);
  if (rows.length > 0) await client.query('CREATE EXTENSION IF NOT EXISTS timescaledb');
}
