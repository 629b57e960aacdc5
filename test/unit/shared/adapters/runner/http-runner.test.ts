/**
 * The runner's client against a server that misbehaves on purpose: every failure is typed, and says if a retry helps.
 */

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpRunner, type HttpRunner } from '../../../../../shared/adapters/runner/http-runner.ts';
import type { CredentialSource } from '../../../../../shared/ports/credential-source.ts';
import { fixedToken } from '../../../../support/secrets/fixed-secrets.ts';
import type { ActRequest } from '../../../../../shared/contracts/act.v1.ts';
import { RunnerError } from '../../../../../shared/ports/runner.ts';

const servers: Server[] = [];
const clients: HttpRunner[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientOf(
  baseUrl: string,
  timeoutMs = 1_000,
  token: CredentialSource<string> = fixedToken('a-token'),
): HttpRunner {
  const made = createHttpRunner({ baseUrl, timeoutMs, token });
  clients.push(made);
  return made;
}

const REQUEST = {
  policy: 'rule',
  featureSchemaHash: 'a'.repeat(64),
  inputs: [{ symbols: ['AAPL', 'MSFT'] }],
} as unknown as ActRequest;

async function failure(promise: Promise<unknown>): Promise<RunnerError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RunnerError);
  return error as RunnerError;
}

describe('http runner', () => {
  it('returns the actions of a well-formed answer', async () => {
    const baseUrl = await serve((_request, response) => response.end('{"policy":"rule","actions":[[2,0]]}'));
    expect(await clientOf(baseUrl).act(REQUEST)).toEqual({ policy: 'rule', actions: [[2, 0]] });
  });

  it.each([
    [400, 'REQUEST_INVALID', false],
    [404, 'POLICY_UNKNOWN', false],
    [409, 'FEATURE_SCHEMA_MISMATCH', false],
    [413, 'REQUEST_TOO_LARGE', false],
    [500, 'RUNNER_FAILED', true],
    [503, 'RUNNER_BUSY', true],
    [504, 'RUNNER_DEADLINE', true],
  ])('maps status %i to %s, retryable %s, and repeats what the runner said', async (status, code, retryable) => {
    const baseUrl = await serve((_request, response) => {
      response.statusCode = status;
      response.end('{"error":{"code":"X","message":"because of Y"}}');
    });
    const error = await failure(clientOf(baseUrl).act(REQUEST));
    expect(error).toMatchObject({ code, retryable });
    expect(error.message).toContain('because of Y');
  });

  it('sends its token, and a newer one when that was refused, once', async () => {
    const seen: (string | undefined)[] = [];
    const baseUrl = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.statusCode = request.headers.authorization === 'Bearer newer' ? 200 : 401;
      response.end('{"policy":"rule","actions":[[2,0]]}');
    });
    const rotated = { current: async () => 'older', renewed: async () => 'newer' };
    expect((await clientOf(baseUrl, 1_000, rotated).act(REQUEST)).actions).toEqual([[2, 0]]);
    const error = await failure(clientOf(baseUrl, 1_000, fixedToken('older')).act(REQUEST));
    expect(error).toMatchObject({ code: 'TOKEN_REFUSED', retryable: true });
    expect(seen).toEqual(['Bearer older', 'Bearer newer', 'Bearer older']);
  });

  it('says that the token cannot be read, to be tried again when its source says so', async () => {
    const away = () => Promise.reject(Object.assign(new Error('away'), { retryable: true }));
    const error = await failure(clientOf('http://127.0.0.1:1', 1_000, { current: away, renewed: away }).act(REQUEST));
    expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', retryable: true });
  });

  it.each([
    ['no JSON', 'hello'],
    ['NaN as an action', '{"policy":"rule","actions":[[null,0]]}'],
    ['an action out of range', '{"policy":"rule","actions":[[5,0]]}'],
    ['an action too few', '{"policy":"rule","actions":[[1]]}'],
    ['a list too many', '{"policy":"rule","actions":[[1,1],[1,1]]}'],
  ])('refuses an answer with %s', async (_name, answer) => {
    const baseUrl = await serve((_request, response) => response.end(answer));
    expect(await failure(clientOf(baseUrl).act(REQUEST))).toMatchObject({ code: 'RESPONSE_INVALID', retryable: true });
  });

  it('names the address when nobody listens there', async () => {
    const error = await failure(clientOf('http://127.0.0.1:1').act(REQUEST));
    expect(error).toMatchObject({ code: 'RUNNER_UNREACHABLE', retryable: true });
    expect(error.message).toContain('127.0.0.1:1');
  });

  it('gives up after its timeout', async () => {
    const baseUrl = await serve(() => undefined);
    expect(await failure(clientOf(baseUrl, 30).act(REQUEST))).toMatchObject({
      code: 'RUNNER_TIMEOUT',
      retryable: true,
    });
  });

  it('survives a kept-alive connection that the server closed between calls', async () => {
    let calls = 0;
    const baseUrl = await serve((request, response) => {
      calls += 1;
      if (calls === 2) return void request.socket.destroy();
      response.end('{"policy":"rule","actions":[[1,1]]}');
    });
    const runner = clientOf(baseUrl);
    await runner.act(REQUEST);
    expect((await runner.act(REQUEST)).actions).toEqual([[1, 1]]);
    expect(calls).toBe(3);
  });
});
