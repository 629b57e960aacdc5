/**
 * One connection to the embedded database for one piece of work, in a named role.
 */

import { Client } from 'pg';
import type { DatabaseOptions } from '../supervisor/database-service.ts';

export const DATABASE_NAME = 'jules';
const CONNECT_TIMEOUT_MS = 5_000;

export type Role = 'superuser' | 'owner' | 'app' | 'reader';

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  superuser: 'postgres',
  owner: 'jules_owner',
  app: 'jules_app',
  reader: 'jules_reader',
};

export async function withClient<Result>(
  options: Pick<DatabaseOptions, 'port' | 'credentials'>,
  { role, database = DATABASE_NAME }: { role: Role; database?: string },
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({
    host: '127.0.0.1',
    port: options.port,
    database,
    user: ROLE_NAMES[role],
    password: options.credentials[role],
    application_name: 'jules-supervisor',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A server that dies under an idle client is reported by the next query.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The SQLSTATE of a database's refusal; empty for anything else. */
export function sqlState(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
