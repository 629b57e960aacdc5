/**
 * How a process of the stack reaches the queues: the embedded endpoint, an emulator, or AWS.
 *
 * The caller's own AWS credentials go to AWS alone; whatever else answers is given a pair that opens nothing.
 */

import { LOCAL_CREDENTIALS, LOCAL_REGION, type SqsClientOptions } from './client.ts';

export interface QueuePlace {
  readonly ports: { readonly queues: number };
  readonly messaging:
    | { readonly kind: 'embedded' }
    | {
        readonly kind: 'endpoint';
        readonly target: 'ministack' | 'localstack' | 'aws';
        /** Null: the region's own. */
        readonly endpoint: string | null;
        readonly region: string;
      };
}

export function queueAccess({ messaging, ports }: QueuePlace): SqsClientOptions {
  if (messaging.kind === 'embedded') {
    return {
      endpoint: `http://127.0.0.1:${ports.queues}`,
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
    };
  }
  const { endpoint, region, target } = messaging;
  return {
    region,
    ...(endpoint === null ? {} : { endpoint }),
    ...(target === 'aws' ? {} : { credentials: LOCAL_CREDENTIALS }),
  };
}
