/**
 * A pool of connections that outlives its server and its credential: a lost connection is the concern of the query that
 * was using it, and a login that was rotated away is asked for again before anybody hears of it.
 *
 * Connections are made with the newest credential that is known. Open ones keep the login they were made with:
 * Postgres checks a password at the login only, so a rotation never ends them.
 */

import { callbackify } from 'node:util';
import { Client, type ClientConfig, Pool, type PoolClient } from 'pg';
import type { DatabaseAccess } from '../../../contracts/credentials.v1.ts';
import { type CredentialSource, isRefusedLogin } from '../../../ports/credential-source.ts';

export interface PostgresOptions {
  readonly login: CredentialSource<DatabaseAccess>;
  readonly applicationName: string;
  readonly poolMax: number;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** Connects at the first query. */
export function createPool(options: PostgresOptions): Pool {
  const pool = new LoginPool(options);
  // The driver also reports a lost connection as an event, and an event nobody hears would end the process. The pool
  // listens to idle connections only, so those in use need a listener of their own.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}

type Checkout = Parameters<Pool['connect']>[0];

class LoginPool extends Pool {
  readonly #login: CredentialSource<DatabaseAccess>;
  readonly #poolMax: number;
  /** What the next connection is made with. */
  readonly #next: { access: DatabaseAccess | null };

  constructor({ login, applicationName, poolMax }: PostgresOptions) {
    const next: { access: DatabaseAccess | null } = { access: null };
    super({
      Client: clientFor(next),
      application_name: applicationName,
      max: poolMax,
      pipeline: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      // A minute may pass between two transactions; a login costs more than an open socket.
      idleTimeoutMillis: 0,
    });
    this.#login = login;
    this.#poolMax = poolMax;
    this.#next = next;
  }

  /** With a callback it is the driver's own `query` that asks. */
  override connect(): Promise<PoolClient>;
  override connect(callback: Checkout): void;
  override connect(callback?: Checkout): Promise<PoolClient> | void {
    if (callback === undefined) return this.#checkOut();
    callbackify(() => this.#checkOut())((error, client) => {
      callback(error ?? undefined, client, (failure?: Error | boolean) => client.release(failure));
    });
  }

  async #checkOut(): Promise<PoolClient> {
    // An idle connection needs no credential, so it is given out whether or not anybody could name one.
    if (this.idleCount === 0 && this.totalCount < this.#poolMax) this.#next.access = await this.#login.current();
    const { access } = this.#next;
    try {
      return await super.connect();
    } catch (error) {
      if (access === null || !isRefusedLogin(error)) throw error;
      const fresh = await this.#login.renewed(access);
      if (fresh === null) throw error;
      this.#next.access = fresh;
      return super.connect();
    }
  }
}

/** The pool makes its connections itself, so the credential is waiting for them. */
function clientFor(next: { readonly access: DatabaseAccess | null }) {
  return class extends Client {
    constructor(config?: ClientConfig) {
      const { host, port, database, username: user, password } = next.access ?? {};
      super({ ...config, ...(host && { host, port, database, user, password }) });
    }
  };
}
