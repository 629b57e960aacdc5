/**
 * How the queues are reached: our own endpoint, an emulator, AWS.
 */

import { describe, expect, it } from 'vitest';
import { queueAccess } from '../../../../../shared/adapters/sqs/access.ts';
import { createSqsClient, LOCAL_CREDENTIALS } from '../../../../../shared/adapters/sqs/client.ts';

const ports = { queues: 20_001 };
const at = (target: 'ministack' | 'localstack' | 'aws', endpoint: string | null) =>
  queueAccess({ ports, messaging: { kind: 'endpoint', target, endpoint, region: 'eu-west-1' } });

describe('access to the queues', () => {
  it('of the stack itself is by its port', () => {
    expect(queueAccess({ ports, messaging: { kind: 'embedded' } })).toEqual({
      endpoint: 'http://127.0.0.1:20001',
      region: 'us-east-1',
      credentials: LOCAL_CREDENTIALS,
    });
  });

  it('of an emulator is with a pair that opens nothing, by polls that a stopped process is waited for', () => {
    for (const target of ['ministack', 'localstack'] as const) {
      expect(at(target, 'http://127.0.0.1:4566')).toEqual({
        endpoint: 'http://127.0.0.1:4566',
        region: 'eu-west-1',
        credentials: LOCAL_CREDENTIALS,
        finishedPollMs: 2_000,
      });
    }
  });

  it('of AWS leaves credentials and address to the SDK', async () => {
    expect(at('aws', null)).toEqual({ region: 'eu-west-1' });
    const client = createSqsClient(at('aws', 'https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com'));
    const endpoint = await client.config.endpoint?.();
    expect(endpoint?.hostname).toBe('vpce-1.sqs.eu-west-1.vpce.amazonaws.com');
    client.destroy();
  });
});
