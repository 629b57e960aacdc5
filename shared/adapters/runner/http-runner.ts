/**
 * Asks the gpu-runner over HTTP with a kept-alive connection and a bearer token, which is asked for again when it was
 * refused: it may have been rotated a moment ago.
 *
 * Throws RunnerError: retryable when the runner is away, slow, busy or broken; final when it refused the request.
 */

import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { type ActRequest, type ActResponse, actResponseSchema } from '../../contracts/act.v1.ts';
import type { CredentialSource } from '../../ports/credential-source.ts';
import { type Runner, RunnerError, type RunnerErrorCode } from '../../ports/runner.ts';

const RESPONSE_BYTES_MAX = 4 * 1024 * 1024;
const SOCKETS_MAX = 8;
const UNAUTHORIZED = 401;

export interface HttpRunnerOptions {
  /** Such as `http://127.0.0.1:4800`. */
  readonly baseUrl: string;
  /** For the whole call, connection included. */
  readonly timeoutMs: number;
  readonly token: CredentialSource<string>;
}

export interface HttpRunner extends Runner {
  /** Closes idle connections. */
  close(): void;
}

export function createHttpRunner(options: HttpRunnerOptions): HttpRunner {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  const url = new URL('/v1/act', options.baseUrl);
  const post = (body: string, token: string) =>
    withFreshSocket(() => postJson({ url, agent, body, token, timeoutMs: options.timeoutMs }));
  return {
    async act(request) {
      const body = JSON.stringify(request);
      return readActions(request, await withToken(options.token, (token) => post(body, token)));
    },
    close: () => agent.destroy(),
  };
}

/** Sent again, once, where a newer token is there. */
async function withToken(source: CredentialSource<string>, send: (token: string) => Promise<Reply>): Promise<Reply> {
  const token = await readToken(source.current());
  const reply = await send(token);
  if (reply.status !== UNAUTHORIZED) return reply;
  const fresh = await readToken(source.renewed(token));
  return fresh === null ? reply : send(fresh);
}

async function readToken<Token>(asked: Promise<Token>): Promise<Token> {
  try {
    return await asked;
  } catch (cause) {
    const retryable = (cause as { readonly retryable?: unknown }).retryable === true;
    throw new RunnerError('TOKEN_UNAVAILABLE', 'the token for the runner cannot be read', { retryable, cause });
  }
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** A kept-alive connection can close under the request; the server never saw it, so one more attempt is safe. */
async function withFreshSocket(send: () => Promise<Reply>): Promise<Reply> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof StaleSocketError) return send();
    throw error;
  }
}

class StaleSocketError extends RunnerError {}

function postJson(options: { url: URL; agent: Agent; body: string; token: string; timeoutMs: number }): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const bytes = Buffer.from(options.body);
  const request = httpRequest(options.url, {
    method: 'POST',
    agent: options.agent,
    headers: {
      'content-type': 'application/json',
      'content-length': bytes.length,
      authorization: `Bearer ${options.token}`,
    },
    signal: AbortSignal.timeout(options.timeoutMs),
  });
  request.on('error', (cause: Error) => reject(transportError(request, cause, options)));
  request.on('response', (response) => {
    collect(response).then(resolve, (cause: unknown) => reject(transportError(request, cause as Error, options)));
  });
  request.end(bytes);
  return promise;
}

async function collect(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > RESPONSE_BYTES_MAX) throw new RangeError(`the response has more than ${RESPONSE_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
}

function transportError(request: ClientRequest, cause: Error, options: { url: URL; timeoutMs: number }): RunnerError {
  const where = `runner at ${options.url.origin}`;
  if (cause.name === 'TimeoutError' || cause.name === 'AbortError') {
    return new RunnerError('RUNNER_TIMEOUT', `${where}: no answer within ${options.timeoutMs} ms`, {
      retryable: true,
      cause,
    });
  }
  const code = (cause as NodeJS.ErrnoException).code ?? cause.message;
  const stale = request.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
  const Kind = stale ? StaleSocketError : RunnerError;
  return new Kind('RUNNER_UNREACHABLE', `${where} is not reachable: ${code}`, { retryable: true, cause });
}

function readActions(request: ActRequest, reply: Reply): ActResponse {
  if (reply.status !== 200) throw refusal(reply);
  const parsed = actResponseSchema.safeParse(parseJson(reply.body));
  if (!parsed.success) throw invalidResponse(parsed.error.issues[0]?.message ?? 'unknown shape');
  const { actions } = parsed.data;
  if (actions.length !== request.inputs.length) {
    throw invalidResponse(`${actions.length} lists of actions for ${request.inputs.length} inputs`);
  }
  const wrong = actions.findIndex((list, at) => list.length !== request.inputs[at]?.symbols.length);
  if (wrong >= 0) throw invalidResponse(`input ${wrong} got ${actions[wrong]?.length} actions`);
  return parsed.data;
}

const REFUSALS: Readonly<Record<number, { code: RunnerErrorCode; retryable: boolean }>> = {
  400: { code: 'REQUEST_INVALID', retryable: false },
  401: { code: 'TOKEN_REFUSED', retryable: true },
  404: { code: 'POLICY_UNKNOWN', retryable: false },
  409: { code: 'FEATURE_SCHEMA_MISMATCH', retryable: false },
  413: { code: 'REQUEST_TOO_LARGE', retryable: false },
  503: { code: 'RUNNER_BUSY', retryable: true },
  504: { code: 'RUNNER_DEADLINE', retryable: true },
};

function refusal(reply: Reply): RunnerError {
  const { code, retryable } = REFUSALS[reply.status] ?? { code: 'RUNNER_FAILED' as const, retryable: true };
  const body = parseJson(reply.body) as { error?: { message?: unknown } } | null;
  const said = typeof body?.error?.message === 'string' ? body.error.message : `status ${reply.status}`;
  return new RunnerError(code, `runner refused: ${said}`, { retryable });
}

/** Retryable: a restarted runner may answer well. */
function invalidResponse(what: string): RunnerError {
  return new RunnerError('RESPONSE_INVALID', `runner gave an invalid response: ${what}`, { retryable: true });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
