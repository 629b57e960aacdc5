/**
 * The live page as an HTTP application: the page and its files, snapshots, the stream, exports and commands.
 *
 * Reads need no token and answer to loopback names only; what changes state needs the bearer token.
 */

import { Hono } from 'hono';
import type { CommandData } from '../../shared/contracts/command.v1.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { ReportViews } from '../../shared/ports/report-views.ts';
import type { StackStatus } from '../../shared/ports/stack-status.ts';
import { onlyKnownHosts, securityHeaders } from './access.ts';
import { addCommandRoute } from './command-route.ts';
import { problem } from './problems.ts';
import { addReadRoutes } from './read-routes.ts';
import { staticFile } from './static-files.ts';

/** Takes an operator's command to the risk stage. Rejects when the queue does not take it. */
export interface CommandSender {
  send(command: CommandData): Promise<void>;
}

export interface ReportDeps {
  readonly views: ReportViews;
  readonly commands: CommandSender;
  readonly status: () => Promise<StackStatus>;
  /** Bearer token of the routes that change state. */
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Host names the page answers to besides loopback. */
  readonly allowedHosts: readonly string[];
}

const READ_PATHS = [
  '/',
  '/healthz',
  '/static/*',
  '/api/sessions',
  '/api/snapshot',
  '/api/stream',
  '/api/trades.csv',
] as const;

export function createReportApp(deps: ReportDeps): Hono {
  const app = new Hono();
  app.use(securityHeaders());
  app.use(onlyKnownHosts(deps.allowedHosts));
  app.use('/api/*', async (c, next) => {
    await next();
    c.res.headers.set('Cache-Control', 'no-store');
  });
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/', async (c) => (await staticFile(c, 'index.html')) ?? c.notFound());
  app.get('/static/*', async (c) => (await staticFile(c, c.req.path.slice('/static/'.length))) ?? c.notFound());
  addReadRoutes(app, deps);
  addCommandRoute(app, deps);
  answerTheRest(app, deps);
  return app;
}

function answerTheRest(app: Hono, { logger }: ReportDeps): void {
  for (const path of READ_PATHS) {
    app.all(path, (c) => {
      c.header('Allow', 'GET, HEAD');
      return problem(c, 405, 'METHOD_NOT_ALLOWED', `${c.req.method} is not for this address; use GET.`);
    });
  }
  app.all('/api/commands', (c) => {
    c.header('Allow', 'POST');
    return problem(c, 405, 'METHOD_NOT_ALLOWED', `${c.req.method} is not for this address; use POST.`);
  });
  app.notFound((c) => problem(c, 404, 'NOT_FOUND', 'There is nothing at this address.'));
  app.onError((error, c) => {
    logger.error({ error, path: c.req.path }, 'page request failed');
    return problem(c, 500, 'INTERNAL', 'The request failed; the log of the stack has the cause.');
  });
}
