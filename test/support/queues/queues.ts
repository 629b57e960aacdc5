/**
 * A real queue endpoint on a free loopback port, with its data in a folder of its own.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type QueueServer, startQueueServer } from '../../../local/emulators/queues/queue-server.ts';
import { createSqsClient, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../shared/adapters/sqs/client.ts';
import { ensureQueues } from '../../../shared/adapters/sqs/ensure-queues.ts';
import { createSqsQueue, type SqsQueue } from '../../../shared/adapters/sqs/sqs-queue.ts';
import { type Topology, topology } from '../../../shared/topology.ts';

export interface TestQueues {
  readonly topology: Topology;
  /** Current ones: both are new after a restart. */
  readonly server: QueueServer;
  readonly queue: SqsQueue;
  readonly client: ReturnType<typeof createSqsClient>;
  /** A consumer with connections of its own. */
  anotherQueue(): SqsQueue;
  /** Stops the endpoint and starts it again on the same data. */
  restart(options?: { orphanedQueues?: readonly string[] }): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestQueues(table: Topology = topology('fast-redelivery')): Promise<TestQueues> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jules-queues-'));
  const open = async (options: { orphanedQueues?: readonly string[] } = {}) => {
    const server = await startQueueServer({ dataDir, port: 0, ...options });
    const access = { endpoint: server.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
    const client = createSqsClient(access);
    await ensureQueues(client, table);
    return { server, client, queue: createSqsQueue({ ...access, topology: table }), access };
  };
  let current = await open();
  const close = async () => {
    current.queue.close();
    current.client.destroy();
    await current.server.stop();
  };
  return {
    topology: table,
    get server() {
      return current.server;
    },
    get queue() {
      return current.queue;
    },
    get client() {
      return current.client;
    },
    anotherQueue: () => createSqsQueue({ ...current.access, topology: table }),
    async restart(options) {
      await close();
      current = await open(options);
    },
    async stop() {
      await close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
