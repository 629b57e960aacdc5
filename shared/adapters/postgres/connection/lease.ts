/**
 * A lease that one process holds: an advisory lock on a connection of its own, which the server takes back when that
 * connection ends, however it ends.
 *
 * Whoever does not get it waits. Whoever loses its connection asks again; if another has it by then, `onTaken` is called,
 * once. Between the two nobody works twice, since nothing is done without the database.
 */

import { Client } from 'pg';
import type { DatabaseAccess } from '../../../contracts/credentials.v1.ts';
import type { Clock } from '../../../ports/clock.ts';
import { type CredentialSource, isRefusedLogin } from '../../../ports/credential-source.ts';
import type { Logger } from '../../../ports/logger.ts';

export interface LeaseOptions {
  /** Two leases of one name exclude each other. */
  readonly name: string;
  readonly login: CredentialSource<DatabaseAccess>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onTaken: () => void;
}

const RETRY_MS = 200;
const CONNECT_TIMEOUT_MS = 5_000;
/** A machine that is gone says no goodbye: the server asks after 10 s, and gives up on it after 15 more. */
const WATCH = `SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
  set_config('tcp_keepalives_count', '3', false)`;
const TAKE = "SELECT pg_try_advisory_lock(hashtextextended('lease ' || $1, 0)) AS taken";

interface Held {
  readonly client: Client;
  readonly ended: Promise<void>;
}

/** Resolves when the lease is held, or when `signal` ends the waiting; until then the lease is kept. */
export async function holdLease(options: LeaseOptions, signal: AbortSignal): Promise<void> {
  const first = await waitForLease(options, signal);
  if (first !== null) void keep(first, options, signal);
}

async function waitForLease(options: LeaseOptions, signal: AbortSignal): Promise<Held | null> {
  const { name, clock, logger } = options;
  let isTold = false;
  while (!signal.aborted) {
    const held = await attempt(options);
    if (held !== null && held !== 'taken') return held;
    if (held === 'taken' && !isTold)
      logger.warn({ lease: name }, 'another process holds the lease: waiting for its end');
    isTold ||= held === 'taken';
    await clock.sleep(RETRY_MS, signal);
  }
  return null;
}

async function keep(first: Held, options: LeaseOptions, signal: AbortSignal): Promise<void> {
  const { name, clock, logger, onTaken } = options;
  let held: Held | 'taken' | null = first;
  signal.addEventListener('abort', () => void release(held), { once: true });
  while (!signal.aborted) {
    if (held === 'taken') return onTaken();
    if (held === null) await clock.sleep(RETRY_MS, signal);
    else {
      await held.ended;
      if (!signal.aborted) logger.warn({ lease: name }, 'the connection of the lease is lost: asking again');
    }
    held = signal.aborted ? null : await attempt(options);
  }
  await release(held);
}

async function release(held: Held | 'taken' | null): Promise<void> {
  if (held !== null && held !== 'taken') await held.client.end();
}

/** Null: the database is away. */
async function attempt({ name, login, logger }: LeaseOptions): Promise<Held | 'taken' | null> {
  let client: Client | null = null;
  try {
    client = await connected(login, `lease ${name}`);
    const ended = Promise.withResolvers<void>();
    client.on('end', () => ended.resolve());
    await client.query(WATCH);
    const { rows } = await client.query<{ taken: boolean }>(TAKE, [name]);
    if (rows[0]?.taken === true) return { client, ended: ended.promise };
    await client.end();
    return 'taken';
  } catch (error) {
    logger.debug({ err: error, lease: name }, 'the database does not answer for the lease');
    await client?.end().catch(() => undefined);
    return null;
  }
}

/** A credential that was rotated away is asked for again. */
async function connected(login: LeaseOptions['login'], applicationName: string): Promise<Client> {
  const access = await login.current();
  try {
    return await connect(access, applicationName);
  } catch (error) {
    const fresh = isRefusedLogin(error) ? await login.renewed(access) : null;
    if (fresh === null) throw error;
    return connect(fresh, applicationName);
  }
}

async function connect(access: DatabaseAccess, applicationName: string): Promise<Client> {
  const { host, port, database, username: user, password } = access;
  const client = new Client({
    host,
    port,
    database,
    user,
    password,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // Its end is what counts, and that is an event of its own.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
