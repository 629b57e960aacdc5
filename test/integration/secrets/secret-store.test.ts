/**
 * One port, two adapters: what the crash tests of rotation believe of the store in memory holds for the one that speaks
 * to our endpoint.
 */

import { CreateSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSecretStore } from '../../../shared/adapters/secrets/secret-store.ts';
import { createSecretsClient } from '../../../shared/adapters/secrets/secrets-manager.ts';
import type { SecretStore } from '../../../shared/ports/secret-store.ts';
import { CURRENT, PENDING, PREVIOUS } from '../../../shared/ports/secrets.ts';
import { ACCESS_KEY, REGION, startTestEndpoint, type TestEndpoint } from '../../support/secrets/endpoints.ts';
import { memoryStore } from '../../support/secrets/memory-store.ts';

const NAME = 'jules/test';
const TOKEN = 'b9f1c7de-0000-4000-8000-000000000001';
const FIRST = { text: '{"at":"first"}' };
const NEXT = { versionId: TOKEN, text: '{"at":"next"}', stage: PENDING };
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:rotate-secrets';

let endpoint: TestEndpoint;
let secrets = 0;
beforeAll(async () => {
  // A function that never gets on leaves the moves to the test.
  endpoint = await startTestEndpoint({ invoker: { invoke: () => Promise.reject(new Error('not now')) } });
});
afterAll(() => endpoint.stop());

/** A store with one secret that is about to be rotated to TOKEN. */
interface Subject {
  readonly store: SecretStore;
  readonly name: string;
}

async function inMemory(): Promise<Subject> {
  const store = memoryStore(JSON.parse(FIRST.text) as object);
  store.begin(TOKEN);
  return { store, name: NAME };
}

async function atEndpoint(): Promise<Subject> {
  secrets += 1;
  const name = `${NAME}/${secrets}`;
  const client = createSecretsClient({ region: REGION, endpoint: endpoint.url, credentials: ACCESS_KEY });
  await client.send(new CreateSecretCommand({ Name: name, SecretString: FIRST.text }));
  const rotation = { RotationLambdaARN: FUNCTION_ARN, RotationRules: { AutomaticallyAfterDays: 7 } };
  await client.send(new RotateSecretCommand({ SecretId: name, ClientRequestToken: TOKEN, ...rotation }));
  return { store: createSecretStore(client), name };
}

describe.each([
  { where: 'in memory', begin: inMemory },
  { where: 'at our endpoint', begin: atEndpoint },
])('a secret store $where', ({ begin }) => {
  it('describes a rotation under way: the pending version is known and has no value', async () => {
    const { store, name } = await begin();
    const { stages, isRotationEnabled } = await store.describe(name);
    expect(isRotationEnabled).toBe(true);
    expect(stages[TOKEN]).toEqual([PENDING]);
    expect(await store.read(name, { stage: PENDING, versionId: TOKEN })).toBeNull();
    expect(await store.read(name, { stage: CURRENT })).toBe(FIRST.text);
    expect(await store.read(name, { stage: PREVIOUS })).toBeNull();
  });

  it('takes the value of a version once, the same again, and no other', async () => {
    const { store, name } = await begin();
    await store.put(name, NEXT);
    await store.put(name, NEXT);
    await expect(store.put(name, { ...NEXT, text: '{"at":"another"}' })).rejects.toMatchObject({
      code: 'REQUEST_REFUSED',
      retryable: false,
    });
    expect(await store.read(name, { stage: PENDING, versionId: TOKEN })).toBe(NEXT.text);
  });

  it('moves the current stage in one move, and the one before follows', async () => {
    const { store, name } = await begin();
    await store.put(name, NEXT);
    const fromVersionId = await currentOf({ store, name });
    await store.moveStage(name, { stage: CURRENT, fromVersionId, toVersionId: TOKEN });
    expect(await store.read(name, { stage: CURRENT })).toBe(NEXT.text);
    expect(await store.read(name, { stage: PREVIOUS })).toBe(FIRST.text);
    expect((await store.describe(name)).stages[TOKEN]?.toSorted()).toEqual([CURRENT, PENDING]);
  });

  it('refuses to move a stage from where it is not', async () => {
    const { store, name } = await begin();
    await store.put(name, NEXT);
    const move = { stage: CURRENT, fromVersionId: TOKEN, toVersionId: TOKEN };
    await expect(store.moveStage(name, move)).rejects.toMatchObject({ code: 'REQUEST_REFUSED' });
    expect(await store.read(name, { stage: CURRENT })).toBe(FIRST.text);
  });

  it('refuses a version that does not carry the stage asked for', async () => {
    const { store, name } = await begin();
    const versionId = await currentOf({ store, name });
    await expect(store.read(name, { stage: PENDING, versionId })).rejects.toMatchObject({ code: 'REQUEST_REFUSED' });
  });

  it('makes passwords of the length asked for, of letters and digits, another each time', async () => {
    const { store } = await begin();
    const [one, two] = [await store.randomPassword(40), await store.randomPassword(40)];
    expect(one).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(one).not.toBe(two);
  });
});

async function currentOf({ store, name }: Subject): Promise<string> {
  const { stages } = await store.describe(name);
  return Object.keys(stages).find((id) => stages[id]?.includes(CURRENT)) ?? '';
}
