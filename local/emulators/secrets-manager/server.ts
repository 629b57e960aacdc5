/**
 * Serves the endpoint, on loopback unless configured otherwise, with limits that slow and half-open clients run into.
 *
 * Throws SecretsServerError naming the port that cannot be used.
 */

import { once } from 'node:events';
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';

export interface SecretsServer {
  /** Without a slash at its end. */
  readonly url: string;
  stop(): Promise<void>;
}

export class SecretsServerError extends Error {
  override readonly name = 'SecretsServerError';
}

const LOOPBACK = '127.0.0.1';
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 15_000;
const IDLE_TIMEOUT_MS = 65_000;
const CHECK_INTERVAL_MS = 1_000;
const CONNECTIONS_MAX = 512;

export async function startSecretsServer(app: Hono, port: number, host = LOOPBACK): Promise<SecretsServer> {
  const limits = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: IDLE_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
  };
  const server = serve({ fetch: app.fetch, hostname: host, port, serverOptions: limits }) as Server;
  server.maxConnections = CONNECTIONS_MAX;
  try {
    await once(server, 'listening');
  } catch (error) {
    const inUse = (error as { code?: unknown }).code === 'EADDRINUSE';
    const reason = inUse
      ? 'is used by another program: stop it or choose another port'
      : `was refused: ${String(error)}`;
    throw new SecretsServerError(`port ${port} on ${host} for the secrets ${reason}`, { cause: error });
  }
  const address = server.address() as { port: number };
  return {
    url: `http://${host}:${address.port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      // What is being answered is answered; whoever does not read it is not waited for.
      const patience = setTimeout(() => server.closeAllConnections(), CHECK_INTERVAL_MS);
      await closed;
      clearTimeout(patience);
    },
  };
}
