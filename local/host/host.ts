/**
 * Hosts the functions: queues, one poller for each function's queue, sweeper, partition upkeep.
 *
 * Starts in the order of need and stops in reverse, finishing the messages in hand.
 */

import type { SqsQueue } from '../../shared/adapters/sqs/sqs-queue.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Route } from '../../shared/ports/handler.ts';
import type { Database } from '../../shared/ports/repositories.ts';
import { sqsHandler } from '../../shared/runtime/sqs-handler.ts';
import type { ConsumerName, QueueSpec, Topology } from '../../shared/topology.ts';
import { createDatabaseGate } from '../../shared/runtime/database-gate.ts';
import { type Poller, startPoller } from '../../shared/runtime/poller.ts';
import { createSentLog, type SentLog } from '../../shared/runtime/sent-log.ts';
import { openQueues, type QueuesOptions } from './open-queues.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { startSweeper } from './sweeper.ts';
import { startUpkeep } from './upkeep.ts';

export interface HostedFunction {
  readonly consumer: ConsumerName;
  readonly routes: readonly Route[];
}

export interface HostOptions extends QueuesOptions {
  /** Not asked before it answers; closed at the stop. */
  readonly database: Database;
  /** None where they are deployed behind the queues: then only sweeper and upkeep run here. */
  readonly functions: readonly HostedFunction[];
  readonly maintain: () => Promise<void>;
  /** Runs when the last message is handled, while the database still answers. */
  readonly atEnd?: () => Promise<void>;
  readonly clock: Clock;
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
  const queues = await openQueues(options);
  const { queue } = queues;
  readiness.markUp('queues');

  const stopping = new AbortController();
  const gate = createDatabaseGate({ database: options.database, clock, logger });
  const marks = createSentLog({ database: gate.database, clock, logger });
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
    queueEndpoint: queues.endpoint,
    queue,
    ready,
    async stop() {
      stopping.abort();
      await ready;
      await Promise.all(running.map((part) => part.stop()));
      await marks.flush();
      await options.atEnd?.();
      queue.close();
      await queues.stop();
      await options.database.close();
    },
  };
}

function pollFor(
  { consumer, routes }: HostedFunction,
  parts: Pick<HostOptions, 'clock' | 'database' | 'logger' | 'topology'> & {
    queue: SqsQueue;
    gate: ReturnType<typeof createDatabaseGate>;
    marks: SentLog;
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
