/**
 * The inference server: POST /v1/act for who holds the token, /healthz and /readyz for anybody; on loopback unless configured
 * otherwise.
 *
 * Every request is validated, admitted by a bounded queue, answered before its deadline and checked before it leaves.
 * Errors are JSON `{ error: { code, message } }`, never a stack trace.
 */

import { type ServerType, serve } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ActResponse } from '../../shared/contracts/act.v1.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { TokenCheck } from '../../shared/ports/token-check.ts';
import { Admission, BusyError } from './admission.ts';
import { decideBatch, parseActRequest, RefusedError } from './act.ts';
import type { PolicyRegistry } from './policies.ts';
import { checkBearer } from '../../shared/runtime/bearer-check.ts';

export interface RunnerLimits {
  readonly runningMax: number;
  readonly waitingMax: number;
  readonly deadlineMs: number;
  readonly bodyBytesMax: number;
}

export const RUNNER_LIMITS: RunnerLimits = {
  runningMax: 2,
  waitingMax: 64,
  deadlineMs: 2_000,
  bodyBytesMax: 4 * 1024 * 1024,
};

const RETRY_AFTER_SECONDS = '1';

export interface RunnerDeps {
  readonly policies: PolicyRegistry;
  readonly featureSchemaHash: (symbolCount: number) => string;
  readonly logger: Logger;
  readonly limits: RunnerLimits;
  readonly token: TokenCheck;
  /** False while the server starts or drains. */
  readonly isReady: () => boolean;
}

function createRunnerApp(deps: RunnerDeps): Hono {
  const app = new Hono();
  const admission = new Admission(deps.limits);
  const limit = bodyLimit({ maxSize: deps.limits.bodyBytesMax, onError: (c) => tooLarge(c, deps.limits.bodyBytesMax) });
  app.get('/healthz', (c) => c.json({ status: 'ok', running: admission.running, waiting: admission.waiting }));
  app.get('/readyz', (c) =>
    c.json({ ready: deps.isReady(), policies: [...deps.policies.keys()] }, deps.isReady() ? 200 : 503),
  );
  app.post('/v1/act', bearerToken(deps), limit, (c) => act(c, deps, admission));
  app.notFound((c) => failure(c, 404, 'ROUTE_UNKNOWN', `${c.req.method} ${c.req.path} is not served; POST /v1/act is`));
  app.onError((error, c) => answerError(error, c, deps));
  return app;
}

export interface RunningServer {
  readonly port: number;
  /** Refuses new connections and waits for the running requests, at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export async function startRunnerServer(deps: RunnerDeps, port: number, host = '127.0.0.1'): Promise<RunningServer> {
  const app = createRunnerApp(deps);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = serve({ fetch: app.fetch, hostname: host, port }, (info) => resolve(info.port));
  server.once('error', reject);
  return { port: await promise, close: (graceMs) => closeServer(server, graceMs) };
}

function bearerToken(deps: RunnerDeps): MiddlewareHandler {
  return async (c, next) => {
    const verdict = await checkBearer(c.req.header('authorization'), deps);
    if (verdict === 'accepted') return next();
    if (verdict === 'unknown') {
      return failure(c, 503, 'TOKEN_UNCHECKED', 'the secrets do not answer, so the token cannot be checked; try again');
    }
    c.header('WWW-Authenticate', 'Bearer');
    return failure(c, 401, 'TOKEN_REQUIRED', 'send the current token of the runner as Authorization: Bearer');
  };
}

async function act(c: Context, deps: RunnerDeps, admission: Admission): Promise<Response> {
  const request = parseActRequest(await c.req.text(), deps);
  const signal = AbortSignal.timeout(deps.limits.deadlineMs);
  const answer: ActResponse = await admission.run(() => decideBatch(request, deps.policies, signal), signal);
  return c.json(answer);
}

function answerError(error: Error, c: Context, deps: RunnerDeps): Response {
  if (error instanceof RefusedError) {
    if (error.status >= 500) deps.logger.error({ code: error.code }, error.message);
    return failure(c, error.status, error.code, error.message);
  }
  if (error instanceof BusyError) {
    c.header('Retry-After', RETRY_AFTER_SECONDS);
    return failure(c, 503, 'RUNNER_BUSY', error.message);
  }
  if (error.name === 'TimeoutError') {
    return failure(c, 504, 'RUNNER_DEADLINE', `no actions within the deadline of ${deps.limits.deadlineMs} ms`);
  }
  deps.logger.error({ err: error }, 'request failed');
  return failure(c, 500, 'RUNNER_FAILED', 'the runner failed; its log has the cause');
}

function tooLarge(c: Context, bytesMax: number): Response {
  return failure(c, 413, 'REQUEST_TOO_LARGE', `the body has more than ${bytesMax} bytes; send fewer inputs at once`);
}

function failure(c: Context, status: number, code: string, message: string): Response {
  return c.json({ error: { code, message } }, status as ContentfulStatusCode);
}

async function closeServer(server: ServerType, graceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  const timer = setTimeout(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
  }, graceMs);
  await promise;
  clearTimeout(timer);
}
