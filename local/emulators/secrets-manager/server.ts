/**
 * Serves the endpoint, on loopback unless configured otherwise, with limits that slow and half-open clients run into.
 *
 * Throws PortError naming the port that cannot be used.
 */

import { once } from 'node:events';
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { portOf } from '../../listening.ts';

export interface SecretsServer {
  /** Without a slash at its end. */
  readonly url: string;
  stop(): Promise<void>;
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
  const bound = await portOf(server, { host, port, what: 'the secrets' });
  return {
    url: `http://${host}:${bound}`,
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
