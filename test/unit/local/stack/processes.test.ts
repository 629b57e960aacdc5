/**
 * What a process of the stack sees of the caller's environment.
 */

import { describe, expect, it } from 'vitest';
import { childEnv } from '../../../../local/stack/processes.ts';
import type { MessagingConfig } from '../../../../shared/runtime/stack-file.ts';

const CALLER = {
  PATH: '/bin',
  HOME: '/home/jules',
  AWS_ACCESS_KEY_ID: 'AKIA0123',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_PROFILE: 'paper',
  AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:4566',
  GITHUB_TOKEN: 'token',
};
const elsewhere = (target: 'aws' | 'localstack'): MessagingConfig => ({
  kind: 'endpoint',
  target,
  endpoint: 'http://127.0.0.1:4566',
  region: 'us-east-1',
  functions: 'host',
});

describe('the environment of a child', () => {
  it('has none of the AWS credentials, whoever else has the queues', () => {
    for (const messaging of [undefined, { kind: 'embedded' } as const, elsewhere('localstack')]) {
      expect(childEnv('/data', CALLER, messaging)).toEqual({ PATH: '/bin', HOME: '/home/jules', JULES_DATA: '/data' });
    }
  });

  it('has them where AWS has the queues, and nothing else of the caller', () => {
    const { GITHUB_TOKEN: _, ...passed } = CALLER;
    expect(childEnv('/data', CALLER, elsewhere('aws'))).toEqual({ ...passed, JULES_DATA: '/data' });
  });
});
