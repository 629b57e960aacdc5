/**
 * A pool of connections that outlives its server: a lost connection is the concern of the query that was using it.
 */

import { Pool } from 'pg';

export interface PostgresOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly applicationName: string;
  readonly poolMax: number;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** Connects at the first query. */
export function createPool({ applicationName, poolMax, ...access }: PostgresOptions): Pool {
  const pool = new Pool({
    ...access,
    application_name: applicationName,
    max: poolMax,
    pipeline: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A minute may pass between two transactions; a login costs more than an open socket.
    idleTimeoutMillis: 0,
  });
  // The driver also reports a lost connection as an event, and an event nobody hears would end the process. The pool
  // listens to idle connections only, so those in use need a listener of their own.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}
