/**
 * The live page as an HTTP application: the page and its files, snapshots, the stream, exports and commands.
 *
 * Reads need no token and answer to loopback names only; what changes state needs the bearer token.
 */

import { type Context, Hono } from 'hono';
import { onlyKnownHosts, securityHeaders } from './access.ts';
import { addCommandRoute, auditedCommands } from './command-route.ts';
import type { ReportDeps } from '../deps.ts';
import { problem } from './problems.ts';
import { addReadRoutes } from './read-routes.ts';
import { staticFile } from './static-files.ts';

const READ_PATHS = [
  '/',
  '/static/*',
  '/api/sessions',
  '/api/snapshot',
  '/api/stream',
  '/api/trades.csv',
  '/api/commands/outcome',
] as const;

export function createReportApp(deps: ReportDeps): Hono {
  const app = new Hono();
  app.use(securityHeaders());
  app.use('/api/commands', auditedCommands(deps));
  app.use(onlyKnownHosts(deps.allowedHosts));
  app.use('/api/*', async (c, next) => {
    await next();
    c.res.headers.set('Cache-Control', 'no-store');
  });
  app.get('/', async (c) => (await staticFile(c, 'index.html')) ?? nothingHere(c));
  app.get('/static/*', async (c) => (await staticFile(c, c.req.path.slice('/static/'.length))) ?? nothingHere(c));
  addReadRoutes(app, deps);
  addCommandRoute(app, deps);
  answerTheRest(app, deps);
  return app;
}

function answerTheRest(app: Hono, { logger }: ReportDeps): void {
  for (const path of READ_PATHS) {
    app.all(path, (c) => {
      c.header('Allow', 'GET, HEAD');
      return problem(c, 405, 'METHOD_NOT_ALLOWED', `${c.req.method} is not allowed here; use GET.`);
    });
  }
  app.all('/api/commands', (c) => {
    c.header('Allow', 'POST');
    return problem(c, 405, 'METHOD_NOT_ALLOWED', `${c.req.method} is not allowed here; use POST.`);
  });
  // A route and not `notFound`, which is lost where a host mounts this application.
  app.all('*', nothingHere);
  app.onError((error, c) => {
    logger.error({ error, path: c.req.path }, 'page request failed');
    return problem(c, 500, 'INTERNAL', 'The request failed; the log of the stack has the cause.');
  });
}

function nothingHere(c: Context): Response {
  return problem(c, 404, 'NOT_FOUND', 'There is nothing at this address.');
}
