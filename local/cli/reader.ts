/**
 * A connection to the database of a data folder in the read-only role.
 */

import { Client } from 'pg';
import { EXIT_DEPENDENCY_DOWN, messageOf, Problem } from '../supervisor/problem.ts';
import type { DatabaseSession } from './database-session.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** Throws Problem when the database does not answer. */
export async function connectReader({
  port,
  credentials,
  dataDir,
}: Omit<DatabaseSession, 'isShared'>): Promise<Client> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    database: 'jules',
    user: 'jules_reader',
    password: credentials.reader,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  try {
    await client.connect();
    return client;
  } catch (cause) {
    throw new Problem(`the database of ${dataDir} does not answer: ${messageOf(cause)}`, {
      fix: `./jules status --data ${dataDir} says how the stack is`,
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  }
}
