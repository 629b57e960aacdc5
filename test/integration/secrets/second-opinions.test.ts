/**
 * The contract of Secrets Manager asked by boto3: of our endpoint, which keeps all of it, and of moto, whose differences
 * are listed in docs/secrets-manager.md.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTRACT_CASES } from '../../support/secrets/contract/cases.ts';
import { type SecretsClient, Subject } from '../../support/secrets/contract/subject.ts';
import { ACCESS_KEY, REGION, startTestEndpoint, type TestEndpoint } from '../../support/secrets/endpoints.ts';
import { MOTO_DIFFERENCES } from '../../support/secrets/moto-differences.ts';
import { boto3Client, hasPython, type MotoServer, startMoto } from '../../support/secrets/python.ts';

const WITHOUT_PYTHON = hasPython ? '' : ' (skipped: run test/integration/secrets/make-venv first)';

describe.skipIf(!hasPython)(`our endpoint, asked by boto3${WITHOUT_PYTHON}`, () => {
  let endpoint: TestEndpoint;
  let client: SecretsClient;
  beforeAll(async () => {
    endpoint = await startTestEndpoint();
    client = boto3Client({ url: endpoint.url, region: REGION, credentials: ACCESS_KEY });
  });
  afterAll(async () => {
    await client.close();
    await endpoint.stop();
  });

  it.each(CONTRACT_CASES)('$operation $name', async ({ run }) => {
    await expect(run(new Subject(client))).resolves.toBeUndefined();
  });
});

describe.skipIf(!hasPython)(`moto, asked by boto3${WITHOUT_PYTHON}`, () => {
  let moto: MotoServer;
  let client: SecretsClient;
  beforeAll(async () => {
    moto = await startMoto();
    client = boto3Client({ url: moto.url, region: REGION, credentials: ACCESS_KEY });
  });
  afterAll(async () => {
    await client.close();
    await moto.stop();
  });

  const differs = ({ operation, name }: { operation: string; name: string }) =>
    MOTO_DIFFERENCES.some((each) => each.operation === operation && each.name === name);

  it.each(CONTRACT_CASES.filter((each) => !differs(each)))('agrees: $operation $name', async ({ run }) => {
    await expect(run(new Subject(client, [400, 404]))).resolves.toBeUndefined();
  });

  it.each(CONTRACT_CASES.filter(differs))('differs, as listed: $operation $name', async ({ run }) => {
    await expect(run(new Subject(client, [400, 404]))).rejects.toThrow(/./);
  });

  it('differs in nothing that is not a case', () => {
    const known = new Set(CONTRACT_CASES.map(({ operation, name }) => `${operation} ${name}`));
    expect(MOTO_DIFFERENCES.filter(({ operation, name }) => !known.has(`${operation} ${name}`))).toEqual([]);
  });
});
