/**
 * Serves the page, on loopback unless configured otherwise, before anything else is up: it says itself what it waits for.
 *
 * Throws PortError naming the port that cannot be used.
 */

import { once } from 'node:events';
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { portOf } from '../listening.ts';
import type { Readiness } from './readiness.ts';

export interface PageServerOptions {
  readonly port: number;
  /** Absent: loopback. */
  readonly host?: string;
  readonly app: Hono;
  readonly readiness: Readiness;
}

export interface PageServer {
  readonly url: string;
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const OK = 200;
const UNAVAILABLE = 503;

export async function startPageServer({
  port,
  host = LOOPBACK,
  app,
  readiness,
}: PageServerOptions): Promise<PageServer> {
  const outer = new Hono();
  // Lives as soon as it answers; ready when messages are handled.
  outer.get('/healthz', (c) => c.json({ status: 'ok' }));
  outer.get('/readyz', (c) => c.json(readiness.report(), readiness.isReady ? OK : UNAVAILABLE));
  outer.route('/', app);

  const server = serve({ fetch: outer.fetch, hostname: host, port }) as Server;
  const bound = await portOf(server, { host, port, what: 'the page' });
  return {
    url: `http://${host}:${bound}/`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      // Streams stay open for ever by themselves.
      server.closeAllConnections();
      await closed;
    },
  };
}
