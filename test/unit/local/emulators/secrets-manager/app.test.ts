/**
 * The endpoint at its door: what is not a request of AWS's protocol is refused in AWS's words, recorded, and breaks
 * nothing.
 */

import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signRequest } from '../../../../../shared/adapters/secrets/sign.ts';
import { ACCESS_KEY, REGION, startTestEndpoint, type TestEndpoint } from '../../../../support/secrets/endpoints.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startTestEndpoint();
});
afterAll(() => endpoint.stop());

async function post(body: string | Buffer, target = 'secretsmanager.ListSecrets') {
  const bytes = Buffer.from(body);
  const url = new URL(`${endpoint.url}/`);
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  const signer = { key: ACCESS_KEY, region: REGION, service: 'secretsmanager', nowMs: endpoint.clock.nowMs() };
  const response = await fetch(url, {
    method: 'POST',
    headers: signRequest({ method: 'POST', url, headers, body: bytes }, signer),
    body: bytes,
  });
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: response.status, type: response.headers.get('content-type'), code: answer['__type'], answer };
}

async function lastEvents(count: number): Promise<Record<string, unknown>[]> {
  const { events } = (await endpoint.service.perform('jules.History', { Limit: count }, 'test')) as {
    events: Record<string, unknown>[];
  };
  return events;
}

describe('a request', () => {
  it('is answered as AWS JSON 1.1', async () => {
    expect(await post('{}')).toMatchObject({
      status: 200,
      type: 'application/x-amz-json-1.1',
      answer: { SecretList: [] },
    });
    expect(await post('')).toMatchObject({ status: 200 });
  });

  it.each([
    ['half an object', '{"SecretId":'],
    ['a list', '[]'],
    ['a number', '5'],
    ['null', 'null'],
    ['bytes', Buffer.from([0xff, 0xfe, 0x00])],
  ])('whose body is %s is a SerializationException', async (_what, body) => {
    expect(await post(body)).toMatchObject({ status: 400, code: 'SerializationException' });
  });

  it('for an unknown target is an UnknownOperationException', async () => {
    expect(await post('{}', 'secretsmanager.NoSuchThing')).toMatchObject({
      status: 400,
      code: 'UnknownOperationException',
    });
    expect(await post('{}', 'GetSecretValue')).toMatchObject({ status: 400, code: 'UnknownOperationException' });
  });

  it('with a member of another type is a SerializationException', async () => {
    const answer = await post('{"SecretId":5}', 'secretsmanager.GetSecretValue');
    expect(answer).toMatchObject({ status: 400, code: 'SerializationException' });
  });

  it('without a required member says which', async () => {
    const { code, answer } = await post('{}', 'secretsmanager.GetSecretValue');
    expect(code).toBe('ValidationException');
    expect(answer['Message']).toBe(
      "1 validation error detected: Value null at 'secretId' failed to satisfy constraint: Member must not be null",
    );
  });

  it('without a token is refused where the SDKs would have made one', async () => {
    const { code, answer } = await post('{"Name":"a","SecretString":"b"}', 'secretsmanager.CreateSecret');
    expect(code).toBe('InvalidRequestException');
    expect(answer['Message']).toBe('You must provide a ClientRequestToken value. We recommend a UUID-type value.');
  });

  it('never finds its value in a message or in the journal', async () => {
    const marked = 'marked-value-'.repeat(6_000);
    const { code, answer } = await post(
      JSON.stringify({ Name: 'a', SecretString: marked }),
      'secretsmanager.CreateSecret',
    );
    expect(code).toBe('ValidationException');
    expect(JSON.stringify(answer)).not.toContain('marked');
    expect(JSON.stringify(await lastEvents(10))).not.toContain('marked');
  });

  it('of more than a mebibyte is turned away', async () => {
    expect(await post('x'.repeat(1024 * 1024 + 1))).toMatchObject({ status: 413 });
  });

  it('without a signature is turned away and recorded', async () => {
    const headers = { 'x-amz-target': 'secretsmanager.GetSecretValue' };
    const response = await fetch(`${endpoint.url}/`, { method: 'POST', headers, body: '{"SecretId":"a"}' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
    expect(await lastEvents(1)).toMatchObject([
      {
        kind: 'refusal',
        operation: 'GetSecretValue',
        actor: 'unsigned',
        secret: null,
        outcome: 'MissingAuthenticationTokenException',
      },
    ]);
  });

  it('for another path or method is refused', async () => {
    expect((await fetch(`${endpoint.url}/x`, { method: 'POST', body: '{}' })).status).toBe(404);
    expect((await fetch(`${endpoint.url}/`)).status).toBe(404);
  });

  it('that stops in the middle does not hold up others', async () => {
    const socket = connect(Number(new URL(endpoint.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"Secr');
    expect(await post('{}')).toMatchObject({ status: 200 });
    socket.destroy();
  });

  it('of any shape gets an answer and no stack', async () => {
    const target = fc.constantFrom(
      'CreateSecret',
      'PutSecretValue',
      'ListSecrets',
      'RotateSecret',
      'BatchGetSecretValue',
      'GetRandomPassword',
    );
    const member = fc.constantFrom(
      'SecretId',
      'Name',
      'SecretString',
      'Filters',
      'MaxResults',
      'NextToken',
      'RotationRules',
      'Tags',
    );
    const input = fc.dictionary(member, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(target, input, async (operation, body) => {
        const { status, answer } = await post(JSON.stringify(body), `secretsmanager.${operation}`);
        expect([200, 400]).toContain(status);
        expect(JSON.stringify(answer)).not.toContain('.ts:');
      }),
      { numRuns: 150 },
    );
  });
});

describe('reads and changes', () => {
  it('are recorded with who, what and how it ended', async () => {
    const token = 'a'.repeat(32);
    const create = { Name: 'recorded', SecretString: 'hidden', ClientRequestToken: token };
    await post(JSON.stringify(create), 'secretsmanager.CreateSecret');
    await post('{"SecretId":"recorded"}', 'secretsmanager.GetSecretValue');
    await post('{"SecretId":"recorded"}', 'secretsmanager.DescribeSecret');
    await post('{"SecretIdList":["recorded"]}', 'secretsmanager.BatchGetSecretValue');
    const about = { actor: ACCESS_KEY.accessKeyId, secret: 'recorded', versionId: token, outcome: 'ok' };
    expect(await lastEvents(3)).toMatchObject([
      { ...about, kind: 'change', operation: 'CreateSecret' },
      { ...about, kind: 'access', operation: 'GetSecretValue' },
      { ...about, kind: 'access', operation: 'BatchGetSecretValue' },
    ]);
  });
});
