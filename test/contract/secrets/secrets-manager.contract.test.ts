/**
 * Our endpoint keeps the contract of AWS Secrets Manager, asked by the AWS SDK for JavaScript. The integration suite
 * asks the same by boto3, and asks a second implementation.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTRACT_CASES } from '../../support/secrets/contract/cases.ts';
import { javascriptClient } from '../../support/secrets/contract/javascript-client.ts';
import { type SecretsClient, Subject } from '../../support/secrets/contract/subject.ts';
import { ACCESS_KEY, REGION, startTestEndpoint, type TestEndpoint } from '../../support/secrets/endpoints.ts';

let endpoint: TestEndpoint;
let client: SecretsClient;
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  client = javascriptClient({ url: endpoint.url, region: REGION, credentials: ACCESS_KEY });
});
afterAll(async () => {
  await client.close();
  await endpoint.stop();
});

describe('our endpoint, asked by the JavaScript SDK', () => {
  it.each(CONTRACT_CASES)('$operation $name', async ({ run }) => {
    await expect(run(new Subject(client))).resolves.toBeUndefined();
  });
});
