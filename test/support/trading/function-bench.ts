/**
 * One function in its wrapper over a memory database: messages in, answers out, restarts and failing commits at will.
 */

import { createMemoryDatabase, type MemoryDatabase } from '../memory/memory-database.ts';
import { createMemoryQueue } from '../memory/memory-queue.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import type { Envelope } from '../../../shared/contracts/envelope.ts';
import type { RunConfig } from '../../../shared/domain/run/run-config.ts';
import type { Route } from '../../../shared/ports/handler.ts';
import type { SqsFunction } from '../../../shared/ports/sqs-event.ts';
import { sqsHandler } from '../../../shared/runtime/sqs-handler.ts';
import type { ConsumerName } from '../../../shared/topology.ts';
import { runConfig, SESSION } from '../core/core.ts';
import { eventOf, recordOf } from '../messages/messages.ts';
import { hurriedClock } from './hurried-clock.ts';
import { feeds } from '../database/feeds.ts';

export interface FunctionBench {
  readonly database: MemoryDatabase;
  /** False: it failed and will be delivered again. */
  deliver(message: Envelope<unknown>): Promise<boolean>;
  /** What left, oldest first, as its receiver would read it. */
  answers<Data>(): Envelope<Data>[];
  lastAnswer<Data>(): Data;
  /** Forgets everything in memory, as a new process would. */
  restart(): void;
  /** Messages of what was logged. */
  readonly log: readonly string[];
}

export interface FunctionBenchOptions {
  readonly consumer: ConsumerName;
  /** Called again at each restart. */
  readonly create: () => readonly Route[];
  readonly config?: Partial<RunConfig>;
  /** Of the session; by default all of it. */
  readonly minutes?: number;
}

export async function openFunction({
  consumer,
  create,
  config,
  minutes = 390,
}: FunctionBenchOptions): Promise<FunctionBench> {
  const database = createMemoryDatabase();
  await database.transaction(async ({ runs }) => {
    await runs.create(runConfig(config), 'replay');
    await runs.openSession({ runId: 'run-1', session: SESSION.date, minutes, openMs: SESSION.openMs }, feeds());
  });
  const queue = createMemoryQueue();
  const clock = hurriedClock();
  const log: string[] = [];
  const destination = { write: (line: string) => void log.push(textOf(line)) };
  const logger = createLogger({ name: consumer, level: 'debug', destination });
  const start = (): SqsFunction => sqsHandler({ consumer, routes: create(), database, queue, clock, logger });
  let handler = start();
  const answers = <Data>() => queue.sent.map(({ envelope }) => JSON.parse(JSON.stringify(envelope)) as Envelope<Data>);
  return {
    database,
    log,
    answers,
    lastAnswer: <Data>() => answers<Data>().at(-1)!.data,
    async deliver(message) {
      const { batchItemFailures } = await handler(eventOf(recordOf(JSON.stringify(message))));
      return batchItemFailures.length === 0;
    },
    restart() {
      handler = start();
    },
  };
}

function textOf(line: string): string {
  const { msg, err } = JSON.parse(line) as { msg: string; err?: { message: string } };
  return err === undefined ? msg : `${msg}: ${err.message}`;
}
