/**
 * RotateSecret as AWS documents it, with a rotation function behind a Lambda-compatible address.
 */

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lambdaInvoker } from '../../../local/emulators/secrets-manager/rotation/invoker.ts';
import { javascriptClient } from '../../support/secrets/contract/javascript-client.ts';
import { type SecretsClient, Subject } from '../../support/secrets/contract/subject.ts';
import { ACCESS_KEY, REGION, startTestEndpoint, type TestEndpoint } from '../../support/secrets/endpoints.ts';
import { type RotationFunction, startRotationFunction } from '../../support/secrets/rotation-function.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:rotate';
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PATIENCE = { timeout: 10_000, interval: 10 };

let lambda: RotationFunction;
let endpoint: TestEndpoint;
let client: SecretsClient;
let s: Subject;

beforeEach(async () => {
  lambda = await startRotationFunction();
  endpoint = await startTestEndpoint({
    invoker: lambdaInvoker(lambda.url, { key: ACCESS_KEY, region: REGION }),
    isTicking: true,
  });
  client = javascriptClient({ url: endpoint.url, region: REGION, credentials: ACCESS_KEY });
  lambda.use(client);
  s = new Subject(client);
});
afterEach(async () => {
  await client.close();
  await endpoint.stop();
  await lambda.stop();
});

async function describeSecret(name: string) {
  return s.ok('DescribeSecret', { SecretId: name });
}

/** Waits until the version is current and the rotation is over. */
async function untilCurrent(name: string, versionId: string): Promise<void> {
  await vi.waitFor(async () => {
    const described = await describeSecret(name);
    const stages = described['VersionIdsToStages'] as Record<string, string[]>;
    expect(stages[versionId]).toContain('AWSCURRENT');
    expect(described).toHaveProperty('LastRotatedDate');
  }, PATIENCE);
}

async function rotate(name: string, input: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const answer = await s.ok('RotateSecret', { SecretId: name, RotationLambdaARN: FUNCTION, ...input });
  return String(answer['VersionId']);
}

describe('RotateSecret', () => {
  it('takes another rotation before the one before it is recorded, and loses neither', async () => {
    const { name } = await s.secret('old');
    let second = '';
    lambda.after = async ({ Step }) => {
      if (Step === 'finishSecret' && second === '') second = await rotate(name);
    };
    const first = await rotate(name);
    await vi.waitFor(() => expect(second).not.toBe(''), PATIENCE);
    await untilCurrent(name, second);
    expect(await s.text(name, { VersionStage: 'AWSPREVIOUS' })).toBe(`rotated ${first}`);
  });

  it('runs the four steps in order and makes the new version current', async () => {
    const { name, arn, versionId: old } = await s.secret('old');
    const versionId = await rotate(name, { RotationRules: { AutomaticallyAfterDays: 30 } });
    await untilCurrent(name, versionId);
    expect(lambda.events).toEqual(STEPS.map((Step) => ({ Step, SecretId: arn, ClientRequestToken: versionId })));
    expect(new Set(lambda.paths)).toEqual(new Set(['/2015-03-31/functions/rotate/invocations']));
    expect(await s.text(name)).toBe(`rotated ${versionId}`);
    expect(await s.text(name, { VersionStage: 'AWSPREVIOUS' })).toBe('old');
    expect(await s.stages(name)).toEqual({ [old]: ['AWSPREVIOUS'], [versionId]: ['AWSCURRENT', 'AWSPENDING'] });
    expect(await describeSecret(name)).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: FUNCTION,
      RotationRules: { AutomaticallyAfterDays: 30 },
    });
  });

  it('rotates again, and takes AWSPENDING along', async () => {
    const { name } = await s.secret('old');
    const first = await rotate(name);
    await untilCurrent(name, first);
    const answer = await s.ok('RotateSecret', { SecretId: name });
    const second = String(answer['VersionId']);
    await untilCurrent(name, second);
    expect(await s.stages(name)).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT', 'AWSPENDING'] });
  });

  it('gives a secret without a value its first one', async () => {
    const name = s.name();
    await s.ok('CreateSecret', { Name: name });
    const versionId = await rotate(name);
    await untilCurrent(name, versionId);
    expect(await s.text(name)).toBe(`rotated ${versionId}`);
  });

  it('answers the same token again without another rotation', async () => {
    const { name } = await s.secret('old');
    const token = randomUUID();
    expect(await rotate(name, { ClientRequestToken: token })).toBe(token);
    await untilCurrent(name, token);
    lambda.events.length = 0;
    expect(await rotate(name, { ClientRequestToken: token })).toBe(token);
    expect(await s.text(name)).toBe(`rotated ${token}`);
    expect(lambda.events).toEqual([]);
  });

  it('is refused while another rotation is under way', async () => {
    const gate = Promise.withResolvers<void>();
    lambda.before = () => gate.promise;
    const { name } = await s.secret('old');
    const versionId = await rotate(name);
    await s.refused(
      'RotateSecret',
      { SecretId: name },
      'InvalidRequestException',
      "A previous rotation isn't complete. That rotation will be reattempted.",
    );
    expect(await s.text(name)).toBe('old');
    gate.resolve();
    await untilCurrent(name, versionId);
  });

  it('without a function is refused', async () => {
    const { name } = await s.secret();
    const message = 'No Lambda rotation function ARN is associated with this secret.';
    await s.refused('RotateSecret', { SecretId: name }, 'InvalidRequestException', message);
    expect(lambda.events).toEqual([]);
  });

  it('of a secret that awaits deletion is refused', async () => {
    const { name } = await s.secret();
    await s.ok('DeleteSecret', { SecretId: name });
    const input = { SecretId: name, RotationLambdaARN: FUNCTION };
    await s.refused('RotateSecret', input, 'InvalidRequestException', /marked for deletion/);
    expect(lambda.events).toEqual([]);
  });

  it.each([{ AutomaticallyAfterDays: 0 }, { AutomaticallyAfterDays: 1_001 }, { Duration: '3' }])(
    'refuses the rules %j as a validation error',
    async (RotationRules) => {
      const { name } = await s.secret();
      const input = { SecretId: name, RotationLambdaARN: FUNCTION, RotationRules };
      await s.refused('RotateSecret', input, 'ValidationException');
      expect(lambda.events).toEqual([]);
    },
  );

  it.each([
    { AutomaticallyAfterDays: 7, ScheduleExpression: 'rate(7 days)' },
    { ScheduleExpression: 'rate(3 hours)' },
    { ScheduleExpression: 'rate(1000 days)' },
    { ScheduleExpression: 'every day' },
    { ScheduleExpression: 'cron(5 8 * * ? *)' },
    { ScheduleExpression: 'rate(4 hours)', Duration: '5h' },
    { Duration: '2h' },
  ])('refuses the rules %j as parameters', async (RotationRules) => {
    const { name } = await s.secret();
    const input = { SecretId: name, RotationLambdaARN: FUNCTION, RotationRules };
    await s.refused('RotateSecret', input, 'InvalidParameterException');
    expect(await describeSecret(name)).not.toHaveProperty('RotationEnabled');
  });

  it('later, only tries testSecret out and takes its version away', async () => {
    const { name, versionId: old } = await s.secret('old');
    const versionId = await rotate(name, {
      RotateImmediately: false,
      RotationRules: { AutomaticallyAfterDays: 1 },
    });
    await vi.waitFor(async () => {
      expect(lambda.events.map(({ Step, ClientRequestToken }) => [Step, ClientRequestToken])).toEqual([
        ['testSecret', versionId],
      ]);
      expect(await s.stages(name)).toEqual({ [old]: ['AWSCURRENT'] });
    }, PATIENCE);
    expect(await describeSecret(name)).toMatchObject({ RotationEnabled: true });
  });
});

describe('a rotation that fails', () => {
  it.each(STEPS)('in %s keeps the old value, is tried again and comes to its end', async (step) => {
    lambda.failing.push(step);
    const { name } = await s.secret('old');
    const versionId = await rotate(name);
    await vi.waitFor(() => expect(lambda.events.filter(({ Step }) => Step === step)).toHaveLength(2), PATIENCE);
    await untilCurrent(name, versionId);
    expect(await s.text(name)).toBe(`rotated ${versionId}`);
  });

  it('shows in the status and history, without what the function said', async () => {
    lambda.failing.push('setSecret', 'setSecret', 'setSecret');
    const { name } = await s.secret('old');
    await rotate(name);
    await vi.waitFor(async () => {
      const status = JSON.stringify(await endpoint.service.perform('jules.Status', {}, 'test'));
      expect(status).toContain('FUNCTION_FAILED');
    }, PATIENCE);
    const history = JSON.stringify(await endpoint.service.perform('jules.History', { SecretId: name }, 'test'));
    expect(history).toContain('"operation":"setSecret"');
    expect(history).not.toContain('hunter2');
    expect(await s.text(name)).toBe('old');
  });

  it('is taken up again by the next start of the endpoint', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'jules-rotation-'));
    const invoker = lambdaInvoker(lambda.url, { key: ACCESS_KEY, region: REGION });
    const first = await startTestEndpoint({ dataDir, invoker });
    const gate = Promise.withResolvers<void>();
    lambda.before = ({ Step }) => (Step === 'setSecret' ? gate.promise : Promise.resolve());
    const firstClient = javascriptClient({ url: first.url, region: REGION, credentials: ACCESS_KEY });
    lambda.use(firstClient);
    s = new Subject(firstClient);
    const { name } = await s.secret('old');
    const versionId = await rotate(name);
    await vi.waitFor(() => expect(lambda.events.at(-1)?.Step).toBe('setSecret'), PATIENCE);
    await firstClient.close();
    await first.stop();

    gate.resolve();
    const second = await startTestEndpoint({ dataDir, invoker, isTicking: true });
    const secondClient = javascriptClient({ url: second.url, region: REGION, credentials: ACCESS_KEY });
    lambda.use(secondClient);
    s = new Subject(secondClient);
    await untilCurrent(name, versionId);
    expect(await s.text(name)).toBe(`rotated ${versionId}`);
    await secondClient.close();
    await second.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('is stopped by CancelRotateSecret', async () => {
    lambda.failing.push(...Array.from({ length: 10 }, () => 'setSecret'));
    const { name, arn } = await s.secret('old');
    const versionId = await rotate(name);
    await vi.waitFor(() => expect(lambda.events).toHaveLength(2), PATIENCE);
    expect(await s.ok('CancelRotateSecret', { SecretId: name })).toMatchObject({ ARN: arn, Name: name });
    expect(await describeSecret(name)).toMatchObject({ RotationEnabled: false });
    expect(await s.stages(name)).toHaveProperty(versionId, ['AWSPENDING']);
    const seen = lambda.events.length;
    endpoint.moveOn(10 * 60_000);
    await endpoint.clock.sleep(1_500);
    expect(lambda.events).toHaveLength(seen);
  });
});

describe('CancelRotateSecret', () => {
  it('is refused where no rotation was configured', async () => {
    const { name } = await s.secret();
    await s.refused('CancelRotateSecret', { SecretId: name }, 'InvalidRequestException');
    expect(await describeSecret(name)).not.toHaveProperty('RotationEnabled');
  });
});

/** The SDK signs with its own clock, so the endpoint is asked through its service once time has moved. */
async function after(byMs: number, name: string): Promise<Record<string, unknown>> {
  endpoint.moveOn(byMs);
  const before = lambda.events.length;
  await vi.waitFor(() => expect(lambda.events.length).toBeGreaterThan(before), PATIENCE);
  return (await endpoint.service.perform('secretsmanager.DescribeSecret', { SecretId: name }, 'test')) as Record<
    string,
    unknown
  >;
}

describe('a schedule', () => {
  it.each<[string, Record<string, unknown>, number]>([
    ['days', { AutomaticallyAfterDays: 7 }, 8 * DAY_MS],
    ['rate()', { ScheduleExpression: 'rate(4 hours)' }, 5 * HOUR_MS],
    ['cron()', { ScheduleExpression: 'cron(0 8 * * ? *)' }, DAY_MS],
  ])('by %s starts the next rotation when its window opens', async (_kind, RotationRules, waitMs) => {
    const { name } = await s.secret('old');
    await untilCurrent(name, await rotate(name, { RotationRules }));
    const { NextRotationDate } = await describeSecret(name);
    expect(Number(NextRotationDate)).toBeGreaterThan(Date.now() / 1_000);
    lambda.use({ call: async () => ({ answer: {} }), close: async () => undefined });
    await after(waitMs, name);
    expect(lambda.events[4]?.Step).toBe('createSecret');
  });

  it('counts its days from a value that was put by hand', async () => {
    const { name } = await s.secret('old');
    await untilCurrent(name, await rotate(name, { RotationRules: { AutomaticallyAfterDays: 7 } }));
    const put = { SecretId: name, SecretString: 'by hand', ClientRequestToken: randomUUID() };
    endpoint.moveOn(3 * DAY_MS);
    await endpoint.service.perform('secretsmanager.PutSecretValue', put, 'test');
    const described = await endpoint.service.perform('secretsmanager.DescribeSecret', { SecretId: name }, 'test');
    const { NextRotationDate } = described as { NextRotationDate: number };
    expect(NextRotationDate * 1_000).toBeGreaterThan(endpoint.clock.nowMs() + 6 * DAY_MS);
  });
});

describe('a recovery window', () => {
  it('ends with the secret gone and its name free', async () => {
    const { name } = await s.secret();
    await s.ok('DeleteSecret', { SecretId: name, RecoveryWindowInDays: 7 });
    endpoint.moveOn(7 * DAY_MS + 1);
    const recreate = { Name: name, SecretString: 'again', ClientRequestToken: randomUUID() };
    const again = vi.waitFor(() => endpoint.service.perform('secretsmanager.CreateSecret', recreate, 'test'), PATIENCE);
    await expect(again).resolves.toMatchObject({ Name: name });
  });
});
