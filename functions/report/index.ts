/**
 * Entry of the reports: wires the read models to Postgres and serves the page on loopback.
 */

import { serve } from '@hono/node-server';
import { createReportApp, type ReportDeps } from './app.ts';

export type { CommandSender, ReportDeps } from './app.ts';
export { createReport } from './handler.ts';

export interface PageServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the page on loopback; port 0 takes any free one. Rejects when the port is taken. */
export function servePage(deps: ReportDeps, port: number): Promise<PageServer> {
  const { promise, resolve, reject } = Promise.withResolvers<PageServer>();
  const server = serve({ fetch: createReportApp(deps).fetch, hostname: '127.0.0.1', port }, (address) => {
    resolve({ port: address.port, close });
  });
  server.once('error', reject);
  return promise;

  async function close(): Promise<void> {
    const closed = new Promise<void>((done) => server.close(() => done()));
    // Streams stay open for as long as somebody looks at the page.
    if ('closeAllConnections' in server) server.closeAllConnections();
    await closed;
  }
}
