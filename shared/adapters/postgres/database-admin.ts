/**
 * Login roles of a Postgres: made, given a password and tried, each over a connection of its own.
 *
 * Throws DatabaseError.
 */

import { Client } from 'pg';
import type { DatabaseAccess, DatabaseCredential } from '../../contracts/credentials.v1.ts';
import type { DatabaseAdmin } from '../../ports/database-admin.ts';
import { DatabaseError, toDatabaseError } from './database-error.ts';
import { scramVerifier } from './scram.ts';

/** Lends the access of a role that may make and alter login roles; may call the work again with a newer one. */
export type LendAccess = <Result>(work: (access: DatabaseAccess) => Promise<Result>) => Promise<Result>;

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** Wrong password; no such role, or one that may not log in; no right to connect. */
const REFUSED = new Set(['28P01', '28000', '42501']);
/** Two rotations at once would make the same role. */
const LOCK = 4_750_018;

export function createDatabaseAdmin(lend: LendAccess): DatabaseAdmin {
  return {
    async canLogIn(credential) {
      try {
        return await connected(credential, (client) => inherits(client, credential));
      } catch (error) {
        if (error instanceof DatabaseError && REFUSED.has(error.code)) return false;
        throw error;
      }
    },
    setPassword: (credential) =>
      lend((access) => {
        checkServer(credential, access);
        return connected(access, (client) => setPassword(client, credential));
      }),
  };
}

async function inherits(client: Client, { group }: DatabaseCredential): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>("SELECT pg_has_role(current_user, $1, 'USAGE') AS may", [
    group,
  ]);
  return rows[0]?.may === true;
}

async function setPassword(client: Client, { username, group, password }: DatabaseCredential): Promise<void> {
  await client.query('BEGIN');
  await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  const { rows } = await client.query<{ strong: boolean }>(
    'SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls AS strong FROM pg_roles WHERE rolname = $1',
    [username],
  );
  if (rows[0]?.strong) throw refused(`role ${username} may more than an application: name one of its own`);
  if (rows[0] === undefined) await client.query(`CREATE ROLE ${username}`);
  // Neither the statement nor the server's log of it holds the password: only what it is checked against.
  await client.query(`ALTER ROLE ${username} LOGIN INHERIT PASSWORD '${scramVerifier(password)}'`);
  if (username !== group) await client.query(`GRANT ${group} TO ${username}`);
  await client.query('COMMIT');
}

/** A secret that names another server must not be able to send us there with the rights of an administrator. */
function checkServer(credential: DatabaseCredential, access: DatabaseAccess): void {
  for (const field of ['host', 'port', 'database'] as const) {
    if (credential[field] === access[field]) continue;
    throw refused(
      `${field} is '${credential[field]}', the administrator's is '${access[field]}': make them one server`,
    );
  }
}

function refused(message: string): DatabaseError {
  return new DatabaseError(`database: ${message}`, { code: 'ROLE_REFUSED', retryable: false });
}

/** An open transaction ends with its connection. */
async function connected<Result>(
  { host, port, database, username, password }: DatabaseAccess,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({
    host,
    port,
    database,
    user: username,
    password,
    application_name: 'rotate-secrets',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  // A server that dies under the client is reported by the query.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    await client.end();
  }
}
