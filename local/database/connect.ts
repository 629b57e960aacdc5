/**
 * One connection to the database of a stack for one piece of work, in a named role.
 */

import type { ConnectionOptions } from 'node:tls';
import { Client } from 'pg';
import type { DatabaseAccess } from '../../shared/contracts/credentials.v1.ts';
import type { CredentialSource } from '../../shared/ports/credential-source.ts';
import type { HostAndPort } from '../../shared/runtime/addresses.ts';
import { withDatabaseAccess, withLogin } from '../../shared/runtime/with-secret.ts';
import { SECRETS } from '../../shared/topology.ts';
import type { DatabaseOptions } from '../stack/database-service.ts';

export const DATABASE_NAME = 'jules';
const CONNECT_TIMEOUT_MS = 5_000;

export type Role = 'superuser' | 'owner' | 'app' | 'reader';

/** The secret with the login of each role. */
export const LOGIN_SECRETS: Readonly<Record<Role, string>> = {
  superuser: SECRETS.databaseAdmin.name,
  owner: SECRETS.databaseOwner.name,
  app: SECRETS.databaseApp.name,
  reader: SECRETS.databaseReader.name,
};

/** Whose grants the logins of a role inherit. */
export const GROUPS: Readonly<Record<Exclude<Role, 'superuser'>, string>> = {
  owner: 'jules_owner',
  app: 'jules_app',
  reader: 'jules_reader',
};

/** Where a server is, and who holds its logins. */
export interface Server extends Pick<DatabaseOptions, 'host' | 'port' | 'secrets'> {
  /** Absent: as PGSSLMODE says, which is not at all unless it is set. */
  readonly tls?: ConnectionOptions;
}

/** Who logs in. */
export type Login = Pick<DatabaseAccess, 'username' | 'password'>;

export async function withClient<Result>(
  server: Server,
  { role, database = DATABASE_NAME }: { role: Role; database?: string },
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const use = { secrets: server.secrets, name: LOGIN_SECRETS[role] };
  return ending(await withDatabaseAccess(use, (access) => connect(server, access, database)), work);
}

/** As `withClient`, for a login that belongs to no role of ours. */
export async function withClientAs<Result>(
  server: Server,
  { login, database }: { login: CredentialSource<Login>; database: string },
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  return ending(await withLogin(login, (access) => connect(server, access, database)), work);
}

async function ending<Result>(client: Client, work: (client: Client) => Promise<Result>): Promise<Result> {
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Whoever has started the server knows where it is, whatever the secret says. */
export function placeOf({ host = '127.0.0.1', port }: Pick<Server, 'host' | 'port'>): HostAndPort {
  return { host, port };
}

async function connect(server: Server, { username, password }: Login, database: string): Promise<Client> {
  const client = new Client({
    ...placeOf(server),
    ...(server.tls && { ssl: server.tls }),
    database,
    user: username,
    password,
    application_name: 'jules-supervisor',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A server that dies under an idle client is reported by the next query.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The SQLSTATE of a database's refusal; empty for anything else. */
export function sqlState(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
