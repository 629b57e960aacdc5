/**
 * The queues a host works on: its own endpoint, started here, or one that stands elsewhere.
 *
 * At an emulator with our functions in this host, queues that are missing are made, also when it comes back without
 * them. Where the functions are deployed, and on AWS, the deployment owns the queues and must have made them.
 */

import { join } from 'node:path';
import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { queueAccess } from '../../shared/adapters/sqs/access.ts';
import { createSqsClient, type SqsClientOptions } from '../../shared/adapters/sqs/client.ts';
import { ensureQueues } from '../../shared/adapters/sqs/ensure-queues.ts';
import { type QueueError, toQueueError } from '../../shared/adapters/sqs/queue-error.ts';
import { createSqsQueue, type SqsQueue } from '../../shared/adapters/sqs/sqs-queue.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { MessagingConfig } from '../../shared/runtime/stack-file.ts';
import type { Topology } from '../../shared/topology.ts';
import { startQueueServer } from '../emulators/queues/queue-server.ts';

export interface QueuesOptions {
  readonly dataDir: string;
  readonly queuesPort: number;
  /** Absent: the embedded endpoint. */
  readonly messaging?: MessagingConfig;
  readonly topology: Topology;
  readonly logger: Logger;
}

export interface OpenQueues {
  readonly endpoint: string;
  readonly queue: SqsQueue;
  /** Ends the embedded endpoint; leaves any other as it is. */
  stop(): Promise<void>;
}

type ElsewhereConfig = Extract<MessagingConfig, { kind: 'endpoint' }>;

/** An emulator loads its queue service at the first request. */
const READY_MS_MAX = 10_000;

/** Throws an Error that names the endpoint, or the queue, and the next step. */
export async function openQueues(options: QueuesOptions): Promise<OpenQueues> {
  const { messaging = { kind: 'embedded' } } = options;
  return messaging.kind === 'embedded' ? openEmbedded(options) : openElsewhere(messaging, options);
}

/**
 * Whatever was in flight when this endpoint died is given back: the pollers of this host are gone, and a gateway that
 * still holds a message recognises its repeat. So the next start waits for no visibility timeout.
 */
async function openEmbedded({ dataDir, queuesPort, topology, logger }: QueuesOptions): Promise<OpenQueues> {
  const server = await startQueueServer({
    dataDir: join(dataDir, 'queues'),
    port: queuesPort,
    orphanedQueues: Object.values(topology.queues).map((queue) => queue.queueName),
  });
  const access = queueAccess({ messaging: { kind: 'embedded' }, ports: { queues: server.port } });
  try {
    await makeReady(access, topology);
  } catch (error) {
    await server.stop();
    throw error;
  }
  logger.info({ endpoint: server.endpoint, released: server.releasedAtStart }, 'queues take messages');
  const queue = createSqsQueue({ ...access, topology });
  return { endpoint: server.endpoint, queue, stop: () => server.stop() };
}

async function openElsewhere(messaging: ElsewhereConfig, options: QueuesOptions): Promise<OpenQueues> {
  const { topology, logger } = options;
  const access = queueAccess({ messaging, ports: { queues: options.queuesPort } });
  const endpoint = messaging.endpoint ?? `SQS in ${messaging.region}`;
  const isOurs = messaging.target !== 'aws' && messaging.functions === 'host';
  const prepare = () => (isOurs ? makeReady(access, topology) : requireQueues(access, topology));
  try {
    await prepare();
  } catch (error) {
    throw cannotUse(error as QueueError, { endpoint, target: messaging.target });
  }
  logger.info({ endpoint, target: messaging.target, functions: messaging.functions }, 'queues take messages');
  const queue = createSqsQueue({ ...access, topology });
  return { endpoint, queue: isOurs ? remade(queue, { prepare, logger }) : queue, stop: async () => undefined };
}

/**
 * An emulator that keeps nothing comes back without its queues. What was in them comes again: a message that was sent
 * and got no answer is sent again by the gateway, and every part repeats its answer.
 */
function remade(queue: SqsQueue, parts: { prepare: () => Promise<void>; logger: Logger }): SqsQueue {
  let making: Promise<void> | null = null;
  const make = async () => {
    parts.logger.warn({}, 'the queues are gone: making them again');
    await parts.prepare();
  };
  return {
    ...queue,
    async receiveRecords(name, receive) {
      try {
        return await queue.receiveRecords(name, receive);
      } catch (error) {
        if ((error as QueueError).code !== 'QueueDoesNotExist') throw error;
        making ??= make().finally(() => (making = null));
        await making;
        return [];
      }
    },
  };
}

async function makeReady(access: SqsClientOptions, topology: Topology): Promise<void> {
  await withClient(access, (client) => ensureQueues(client, topology));
}

/** Throws QueueError naming the first one that is not there. */
async function requireQueues(access: SqsClientOptions, topology: Topology): Promise<void> {
  await withClient(access, async (client) => {
    for (const { queueName } of Object.values(topology.queues)) {
      await client.send(new GetQueueUrlCommand({ QueueName: queueName })).catch((error: unknown) => {
        throw toQueueError(error, { action: 'look-up', queueName });
      });
    }
  });
}

async function withClient(access: SqsClientOptions, work: (client: SQSClient) => Promise<void>): Promise<void> {
  const client = createSqsClient({ ...access, requestTimeoutMs: READY_MS_MAX });
  try {
    await work(client);
  } finally {
    client.destroy();
  }
}

function cannotUse(error: QueueError, at: { endpoint: string; target: ElsewhereConfig['target'] }): Error {
  const { code, message } = error;
  const fix = NEXT_STEPS[code] ?? `start it, or deploy again: ./jules deploy --target ${at.target}`;
  return new Error(`the queues at ${at.endpoint} cannot be used: ${message}; ${fix.replace('TARGET', at.target)}`, {
    cause: error,
  });
}

const NEXT_STEPS: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'deploy them: ./jules deploy --target TARGET',
  CredentialsProviderError: 'name credentials: aws configure, AWS_PROFILE or AWS_ACCESS_KEY_ID',
  UnrecognizedClientException: 'the credentials are not valid there: check AWS_PROFILE and the region',
  InvalidClientTokenId: 'the credentials are not valid there: check AWS_PROFILE and the region',
  ExpiredToken: 'the credentials have expired: sign in again',
  AccessDenied: 'the credentials may not read these queues: use the role of the deployment',
};
