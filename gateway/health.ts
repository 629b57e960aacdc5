/**
 * The gateway's own HTTP answers, on loopback unless configured otherwise: /healthz says that it lives and where it is in its session.
 */

import { createServer, type Server } from 'node:http';

export interface GatewayHealth {
  readonly session: number;
  readonly minuteIndex: number;
}

export async function startHealthServer(port: number, read: () => GatewayHealth, host = '127.0.0.1'): Promise<Server> {
  const server = createServer((request, response) => {
    const isKnown = request.url === '/healthz' && request.method === 'GET';
    response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKnown ? { status: 'ok', ...read() } : { error: 'only GET /healthz is served' }));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await promise;
  return server;
}
