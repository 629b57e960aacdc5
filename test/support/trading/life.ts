/**
 * The life of one process: it may be killed at every step it takes towards the world, and whatever it does from then
 * on reaches nobody, as after kill -9.
 */

import { setImmediate as turn } from 'node:timers/promises';
import type { Broker } from '../../../shared/ports/broker.ts';
import type { Queue } from '../../../shared/ports/queue.ts';
import type { Database } from '../../../shared/ports/repositories.ts';
import type { Runner } from '../../../shared/ports/runner.ts';
import type { RecordQueue } from '../../../shared/runtime/poller.ts';
import type { MemoryQueues } from './memory-queues.ts';
import type { Trouble } from './trouble.ts';

class KilledError extends Error {
  override readonly name = 'KilledError';
}

export class Life {
  readonly name: string;
  /** Aborts when the process dies. */
  readonly end: AbortSignal;
  readonly #trouble: Trouble;
  readonly #ending = new AbortController();
  readonly #killed = Promise.withResolvers<never>();

  constructor(name: string, trouble: Trouble) {
    this.name = name;
    this.#trouble = trouble;
    this.end = this.#ending.signal;
    // Kept handled where no transaction is waiting on it.
    this.#killed.promise.catch(() => undefined);
  }

  kill(): void {
    this.#ending.abort();
    this.#killed.reject(new KilledError(this.name));
  }

  database(database: Database): Database {
    return {
      transaction: (work) =>
        this.#live(async () => {
          await this.#step('begin');
          this.#trouble.failDatabase('begin');
          const result = await database.transaction(async (repositories) => {
            const done = await Promise.race([work(repositories), this.#killed.promise]);
            await this.#step('commit');
            this.#trouble.failDatabase('commit');
            return done;
          });
          await this.#step('committed');
          this.#trouble.failDatabase('committed');
          return result;
        }),
      close: () => database.close(),
    };
  }

  queue(queues: MemoryQueues): RecordQueue & Pick<Queue, 'send'> {
    return {
      send: (message, attempt) =>
        this.#live(async () => {
          await this.#step(`send to ${message.queue}`);
          this.#trouble.failQueue(message.queue);
          await queues.send(message, attempt);
          await this.#step(`sent to ${message.queue}`);
        }),
      receiveRecords: (queue, options) =>
        this.#live(async () => {
          const signals = options.signal === undefined ? [this.end] : [this.end, options.signal];
          const records = await queues.receiveRecords(queue, { ...options, signal: AbortSignal.any(signals) });
          if (records.length > 0) await this.#step(`received from ${queue}`);
          return records;
        }),
      delete: (queue, handle) =>
        this.#live(async () => {
          await this.#step(`delete from ${queue}`);
          this.#trouble.failQueue(queue);
          await queues.delete(queue, handle);
        }),
      release: (queue, handle) => this.#live(() => queues.release(queue, handle)),
    };
  }

  runner(runner: Runner): Runner {
    return {
      act: (request) =>
        this.#live(async () => {
          await this.#step('ask the runner');
          this.#trouble.failRunner();
          return runner.act(request);
        }),
    };
  }

  broker(broker: Broker): Broker {
    return {
      startSession: (session, minutes) => this.#live(() => broker.startSession(session, minutes)),
      report: (minuteIndex, frame) =>
        this.#live(async () => {
          const report = await broker.report(minuteIndex, frame);
          await this.#step('reported');
          return report;
        }),
      submit: (instructions) =>
        this.#live(async () => {
          await this.#step('submit');
          await broker.submit(instructions);
          await this.#step('submitted');
        }),
      recall: (instructions) => this.#live(() => broker.recall(instructions)),
      openOrders: () => this.#live(() => broker.openOrders()),
      positions: () => this.#live(() => broker.positions()),
      executionsSince: (eventMs) => this.#live(() => broker.executionsSince(eventMs)),
    };
  }

  /** What the dead were doing neither succeeds nor fails. */
  async #live<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      this.#assertAlive();
      return await work();
    } catch (error) {
      if (!this.end.aborted) throw error;
      return new Promise<never>(() => undefined);
    }
  }

  async #step(step: string): Promise<void> {
    for (let turns = this.#trouble.turns(); turns > 0; turns -= 1) await turn();
    if (!this.end.aborted && this.#trouble.killsNow(`${this.name}: ${step}`)) this.kill();
    this.#assertAlive();
  }

  #assertAlive(): void {
    if (this.end.aborted) throw new KilledError(this.name);
  }
}
