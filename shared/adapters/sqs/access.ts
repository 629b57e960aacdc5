/**
 * How a process of the stack reaches the queues: the embedded endpoint, an emulator, or AWS.
 *
 * The caller's own AWS credentials go to AWS alone; whatever else answers is given a pair that opens nothing.
 */

import { LOCAL_CREDENTIALS, LOCAL_REGION, type SqsClientOptions } from './client.ts';
import type { SqsQueueOptions } from './sqs-queue.ts';

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

/** What a client and a queue of a place are made with. */
export type QueueAccess = SqsClientOptions & Pick<SqsQueueOptions, 'finishedPollMs'>;

/** Within what a stopped process is waited for; an emulator asks no price for a request. */
const EMULATOR_POLL_MS = 2_000;

export function queueAccess({ messaging, ports }: QueuePlace): QueueAccess {
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
    ...(target === 'aws' ? {} : { credentials: LOCAL_CREDENTIALS, finishedPollMs: EMULATOR_POLL_MS }),
  };
}
