/**
 * A connection to the database of a data folder in the read-only role.
 */

import { Client } from 'pg';
import { withDatabaseAccess } from '../../../shared/runtime/with-secret.ts';
import { LOGIN_SECRETS, placeOf } from '../../database/connect.ts';
import { EXIT_DEPENDENCY_DOWN, messageOf, Problem } from '../../problem.ts';
import type { DatabaseSession } from './database-session.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** Throws Problem when the database does not answer. */
export async function connectReader(session: Omit<DatabaseSession, 'isShared'>): Promise<Client> {
  const { secrets, dataDir } = session;
  try {
    return await withDatabaseAccess({ secrets, name: LOGIN_SECRETS.reader }, async ({ username, ...access }) => {
      const options = { ...access, ...placeOf(session), user: username, connectionTimeoutMillis: CONNECT_TIMEOUT_MS };
      const client = new Client(options);
      await client.connect();
      return client;
    });
  } catch (cause) {
    throw new Problem(`the database of ${dataDir} does not answer: ${messageOf(cause)}`, {
      fix: `./jules status --data ${dataDir} shows which part is down`,
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  }
}
