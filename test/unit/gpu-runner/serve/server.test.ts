/**
 * The inference server over real HTTP: actions, refusals, bounded queue, deadline, limits and speed.
 */

import { afterEach, describe, expect, it } from 'vitest';
import { builtInPolicies, type ServedPolicy } from '../../../../gpu-runner/serve/policies.ts';
import {
  RUNNER_LIMITS,
  type RunnerDeps,
  type RunningServer,
  startRunnerServer,
} from '../../../../gpu-runner/serve/server.ts';
import { acceptsOnly } from '../../../support/secrets/fixed-secrets.ts';
import type { ActInput, ActRequest } from '../../../../shared/contracts/act.v1.ts';
import { FEATURE_COUNT } from '../../../../shared/domain/features/feature-schema.ts';
import { featureSchemaHash } from '../../../../shared/domain/ledger/ledger.ts';
import type { Logger } from '../../../../shared/ports/logger.ts';

const OPEN: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(OPEN.splice(0).map((server) => server.close(0)));
});

const TOKEN = 'token-of-the-runner';
const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };

async function runner(changes: Partial<RunnerDeps> = {}): Promise<string> {
  const deps = {
    policies: builtInPolicies(),
    featureSchemaHash,
    logger: SILENT,
    limits: RUNNER_LIMITS,
    token: acceptsOnly(TOKEN),
    isReady: () => true,
  };
  const server = await startRunnerServer({ ...deps, ...changes }, 0);
  OPEN.push(server);
  return `http://127.0.0.1:${server.port}`;
}

function input(changes: Partial<ActInput> = {}) {
  return {
    session: 20250103,
    minuteIndex: 40,
    minutes: 390,
    seed: 1,
    symbols: ['AAPL', 'MSFT'],
    closesE4: [rising(), rising().reverse()],
    observation: Array.from({ length: 2 * (FEATURE_COUNT + 1) }, () => 0),
    ready: true,
    positions: [0, 0],
    ...changes,
  };
}

function rising(): number[] {
  return Array.from({ length: 30 }, (_, at) => 1_000_000 + at * 100);
}

function body(changes: Partial<ActRequest> = {}): ActRequest {
  return { policy: 'rule', featureSchemaHash: featureSchemaHash(2), inputs: [input()], ...changes };
}

interface Answer {
  readonly policy?: string;
  readonly actions?: readonly (readonly number[])[];
  readonly error: { readonly code: string; readonly message: string };
}

const SIGNED = { authorization: `Bearer ${TOKEN}` };

async function post(
  baseUrl: string,
  payload: unknown,
  headers: Record<string, string> = SIGNED,
): Promise<{ status: number; json: Answer; headers: Headers }> {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const response = await fetch(`${baseUrl}/v1/act`, { method: 'POST', body: text, headers });
  return { status: response.status, json: (await response.json()) as Answer, headers: response.headers };
}

function policies(policy: ServedPolicy) {
  return new Map([['rule', policy]]);
}

describe('POST /v1/act', () => {
  it('answers one action per symbol: buys what rises, sells what falls', async () => {
    const { status, json } = await post(await runner(), body());
    expect(status).toBe(200);
    expect(json).toEqual({ policy: 'rule', actions: [[2, 0]] });
  });

  it('answers a batch in the order of its inputs', async () => {
    const inputs = [input(), input({ closesE4: [rising().reverse(), rising()] })];
    const { json } = await post(await runner(), body({ inputs }));
    expect(json.actions).toEqual([
      [2, 0],
      [0, 2],
    ]);
  });

  it('refuses another feature schema with 409 and names both hashes', async () => {
    const { status, json } = await post(await runner(), body({ featureSchemaHash: 'a'.repeat(64) }));
    expect(status).toBe(409);
    expect(json.error.message).toContain('a'.repeat(64));
    expect(json.error.message).toContain(featureSchemaHash(2));
  });

  it('refuses an unknown policy with 404 and lists those served', async () => {
    const { status, json } = await post(await runner(), body({ policy: 'ppo-7' }));
    expect(status).toBe(404);
    expect(json.error).toMatchObject({ code: 'POLICY_UNKNOWN' });
    expect(json.error.message).toContain('rule, hold, random');
  });

  it.each([
    ['no JSON', '{', 'body'],
    ['a NaN in the observation', body({ inputs: [input({ observation: [Number.NaN] })] }), 'inputs.0.observation.0'],
    ['an unknown field', { ...body(), extra: 1 }, 'extra'],
    ['closes of one symbol only', body({ inputs: [input({ closesE4: [rising()] })] }), 'inputs.0.closesE4'],
    ['a short observation', body({ inputs: [input({ observation: [0] })] }), 'inputs.0.observation'],
    ['a price of 0', body({ inputs: [input({ closesE4: [[0], [1]] })] }), 'inputs.0.closesE4.0.0'],
  ])('refuses %s with 400 and names the field', async (_name, payload, field) => {
    const { status, json } = await post(await runner(), payload);
    expect(status).toBe(400);
    expect(json.error.message).toContain(field);
  });

  it.each([
    ['NaN', [Number.NaN, 1]],
    ['3', [3, 1]],
    ['1 actions', [1]],
  ])('does not pass on a policy output of %s', async (what, actions) => {
    const { status, json } = await post(await runner({ policies: policies(() => actions) }), body());
    expect(status).toBe(500);
    expect(json.error.code).toBe('OUTPUT_INVALID');
    expect(json.error.message).toContain(what);
  });

  it('hides the cause of a failure from the caller and logs it', async () => {
    const logged: object[] = [];
    const logger = { ...SILENT, error: (fields: object) => void logged.push(fields) };
    const failing = policies(() => Promise.reject(new Error('secret path /home/x')));
    const { status, json } = await post(await runner({ logger, policies: failing }), body());
    expect(status).toBe(500);
    expect(JSON.stringify(json)).not.toMatch(/secret|\.ts|at /);
    expect(logged).toHaveLength(1);
  });

  it('refuses a body above the limit with 413', async () => {
    const limits = { ...RUNNER_LIMITS, bodyBytesMax: 100 };
    const { status, json } = await post(await runner({ limits }), body());
    expect(status).toBe(413);
    expect(json.error.message).toContain('100 bytes');
  });

  it('answers 504 when the policy is later than the deadline', async () => {
    const limits = { ...RUNNER_LIMITS, deadlineMs: 20 };
    const never = policies(() => new Promise(() => undefined));
    const { status, json } = await post(await runner({ limits, policies: never }), body());
    expect(status).toBe(504);
    expect(json.error.message).toContain('20 ms');
  });

  it('lets a stated number wait and sends the rest away with Retry-After', async () => {
    const gate = Promise.withResolvers<readonly number[]>();
    const entered = Promise.withResolvers<void>();
    const slow = policies(() => {
      entered.resolve();
      return gate.promise;
    });
    const limits = { ...RUNNER_LIMITS, runningMax: 1, waitingMax: 1 };
    const baseUrl = await runner({ limits, policies: slow });
    const running = post(baseUrl, body());
    await entered.promise;
    const waiting = post(baseUrl, body());
    await untilWaiting(baseUrl, 1);
    const refused = await post(baseUrl, body());
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    gate.resolve([1, 1]);
    expect([(await running).status, (await waiting).status]).toEqual([200, 200]);
  });
});

async function untilWaiting(baseUrl: string, wanted: number): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const health = (await (await fetch(`${baseUrl}/healthz`)).json()) as { waiting: number };
    if (health.waiting === wanted) return;
  }
  throw new Error(`the queue never held ${wanted} requests`);
}

describe('health routes', () => {
  it('says ok, and names the policies once ready', async () => {
    const baseUrl = await runner();
    expect((await fetch(`${baseUrl}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${baseUrl}/readyz`)).json()).toEqual({
      ready: true,
      policies: ['rule', 'hold', 'random'],
    });
  });

  it('is not ready while it drains', async () => {
    expect((await fetch(`${await runner({ isReady: () => false })}/readyz`)).status).toBe(503);
  });

  it('answers an unknown route with JSON', async () => {
    const response = await fetch(`${await runner()}/v2/act`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'ROUTE_UNKNOWN' } });
  });
});

describe('the token of the runner', () => {
  it.each([
    ['none', {}],
    ['another', { authorization: 'Bearer of-somebody-else' }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
  ])('is demanded: %s is refused', async (_what, headers) => {
    const { status, json, headers: answered } = await post(await runner(), body(), headers);
    expect([status, json.error.code, answered.get('www-authenticate')]).toEqual([401, 'TOKEN_REQUIRED', 'Bearer']);
  });

  it('that nobody can check is not a refusal: the caller comes again', async () => {
    const token = { accepts: () => Promise.reject(new Error('the secrets are away')) };
    const { status, json } = await post(await runner({ token }), body());
    expect([status, json.error.code]).toEqual([503, 'TOKEN_UNCHECKED']);
  });
});
