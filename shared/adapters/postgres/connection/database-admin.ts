/**
 * Login roles of a Postgres: made, given a password and tried, each over a connection of its own.
 *
 * Throws DatabaseError.
 */

import { Client } from 'pg';
import type { AdminCredential, DatabaseAccess, DatabaseCredential } from '../../../contracts/credentials.v1.ts';
import type { DatabaseAdmin } from '../../../ports/database-admin.ts';
import { DatabaseError, roleRefused, toDatabaseError } from './database-error.ts';
import { setAdminLogin, setLogin } from './login-roles.ts';

/** Lends the access of a role that may make and alter login roles; may call the work again with a newer one. */
export type LendAccess = <Result>(work: (access: DatabaseAccess) => Promise<Result>) => Promise<Result>;

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** Wrong password; no such role, or one that may not log in; no right to connect. */
const REFUSED = new Set(['28P01', '28000', '42501']);
/** Two rotations at once would make the same role. */
const LOCK = 4_750_018;

export function createDatabaseAdmin(lend: LendAccess): DatabaseAdmin {
  const lendTo = (credential: DatabaseAccess, work: (client: Client) => Promise<void>): Promise<void> =>
    lend((access) => {
      checkServer(credential, access);
      return connected(access, (client) => alone(client, work));
    });
  return {
    async canLogIn(credential) {
      try {
        return await connected(credential, (client) => isOfUse(client, credential));
      } catch (error) {
        if (error instanceof DatabaseError && REFUSED.has(error.code)) return false;
        throw error;
      }
    },
    setPassword: (credential) => lendTo(credential, (client) => setLogin(client, credential)),
    setAdminPassword: (credential) => lendTo(credential, (client) => setAdminLogin(client, credential)),
  };
}

async function isOfUse(client: Client, credential: DatabaseCredential | AdminCredential): Promise<boolean> {
  const { rows } =
    credential.kind === 'database_admin'
      ? await client.query<{ may: boolean }>('SELECT rolsuper AS may FROM pg_roles WHERE rolname = session_user')
      : await client.query<{ may: boolean }>("SELECT pg_has_role(session_user, $1, 'USAGE') AS may", [
          credential.group,
        ]);
  return rows[0]?.may === true;
}

async function alone(client: Client, work: (client: Client) => Promise<void>): Promise<void> {
  await client.query('BEGIN');
  await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  await work(client);
  await client.query('COMMIT');
}

/** A secret that names another server must not be able to send us there with the rights of an administrator. */
function checkServer(credential: DatabaseAccess, access: DatabaseAccess): void {
  for (const field of ['host', 'port', 'database'] as const) {
    if (credential[field] === access[field]) continue;
    throw roleRefused(
      `${field} is '${credential[field]}', the administrator's is '${access[field]}': make them one server`,
    );
  }
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
