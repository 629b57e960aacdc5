/**
 * Hosts the functions: queue endpoint, one poller for each function's queue, sweeper, partition upkeep.
 *
 * Starts in the order of need and stops in reverse, finishing the messages in hand.
 */

import { join } from 'node:path';
import { createSqsClient, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../shared/adapters/sqs/client.ts';
import { ensureQueues } from '../../shared/adapters/sqs/ensure-queues.ts';
import { createSqsQueue, type SqsQueue } from '../../shared/adapters/sqs/sqs-queue.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Route } from '../../shared/ports/handler.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { Database } from '../../shared/ports/repositories.ts';
import { sqsHandler } from '../../shared/runtime/sqs-handler.ts';
import type { ConsumerName, QueueSpec, Topology } from '../../shared/topology.ts';
import { type QueueServer, startQueueServer } from '../emulators/queues/queue-server.ts';
import { createDatabaseGate } from '../../shared/runtime/database-gate.ts';
import { type Poller, startPoller } from '../../shared/runtime/poller.ts';
import { createPublishedMarks, type PublishedMarks } from '../../shared/runtime/published-marks.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { startSweeper } from './sweeper.ts';
import { startUpkeep } from './upkeep.ts';

export interface HostedFunction {
  readonly consumer: ConsumerName;
  readonly routes: readonly Route[];
}

export interface HostOptions {
  readonly dataDir: string;
  readonly queuesPort: number;
  readonly topology: Topology;
  /** Not asked before it answers; closed at the stop. */
  readonly database: Database;
  readonly functions: readonly HostedFunction[];
  readonly maintain: () => Promise<void>;
  /** Runs when the last message is handled, while the database still answers. */
  readonly atEnd?: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly readiness?: Readiness;
}

export interface Host {
  readonly queueEndpoint: string;
  readonly queue: SqsQueue;
  /** Resolves when messages are handled, or when the host was stopped before. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

interface Stoppable {
  stop(): Promise<void>;
}

/** Resolves when the queues take messages; the database may come later. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { clock, logger, topology } = options;
  const readiness = options.readiness ?? createReadiness();
  const server = await openQueues(options);
  const queue = createSqsQueue({ ...accessTo(server), topology });
  readiness.markUp('queues');

  const stopping = new AbortController();
  const gate = createDatabaseGate({ database: options.database, clock, logger });
  const marks = createPublishedMarks({ database: gate.database, clock, logger });
  const running: Stoppable[] = [];

  async function startFunctions(): Promise<void> {
    gate.suspect();
    await gate.waitUntilUp(stopping.signal);
    if (stopping.signal.aborted) return;
    readiness.markUp('database');
    const parts = { ...options, database: gate.database, queue, marks };
    running.push(...options.functions.map((hosted) => pollFor(hosted, { ...parts, gate })));
    running.push(startSweeper({ ...parts, intervalMs: topology.sweepIntervalMs }), startUpkeep(options));
    readiness.markUp('functions');
    logger.info({ functions: options.functions.map((hosted) => hosted.consumer) }, 'functions are polled');
  }

  const ready = startFunctions();
  return {
    queueEndpoint: server.endpoint,
    queue,
    ready,
    async stop() {
      stopping.abort();
      await ready;
      await Promise.all(running.map((part) => part.stop()));
      await marks.flush();
      await options.atEnd?.();
      queue.close();
      await server.stop();
      await options.database.close();
    },
  };
}

/**
 * Whatever was in flight when this endpoint died is given back: the pollers of this host are gone, and a gateway that
 * still holds a message recognises its repeat. So the next start waits for no visibility timeout.
 */
async function openQueues({ dataDir, queuesPort, topology, logger }: HostOptions): Promise<QueueServer> {
  const server = await startQueueServer({
    dataDir: join(dataDir, 'queues'),
    port: queuesPort,
    orphanedQueues: Object.values(topology.queues).map((queue) => queue.queueName),
  });
  const client = createSqsClient(accessTo(server));
  try {
    await ensureQueues(client, topology);
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    client.destroy();
  }
  logger.info({ endpoint: server.endpoint, released: server.releasedAtStart }, 'queues take messages');
  return server;
}

function accessTo(server: QueueServer) {
  return { endpoint: server.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
}

function pollFor(
  { consumer, routes }: HostedFunction,
  parts: Pick<HostOptions, 'clock' | 'database' | 'logger' | 'topology'> & {
    queue: SqsQueue;
    gate: ReturnType<typeof createDatabaseGate>;
    marks: PublishedMarks;
  },
): Poller {
  const markPublished = (messageIds: readonly string[]) => parts.marks.add(messageIds);
  const handler = sqsHandler({ ...parts, consumer, routes, markPublished });
  const logger = parts.logger.child({ consumer });
  return startPoller({ ...parts, spec: specOf(consumer, parts.topology), handler, logger });
}

function specOf(consumer: ConsumerName, topology: Topology): QueueSpec {
  const spec = Object.values(topology.queues).find((queue) => queue.consumer === consumer);
  if (spec === undefined) throw new RangeError(`the topology has no queue for consumer ${consumer}`);
  return spec;
}
