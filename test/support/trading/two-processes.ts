/**
 * Two processes of each function over one database, as two sandboxes of Lambda are: what one has committed, the other
 * builds on, whoever is given the next message.
 */

import { describe, expect, it } from 'vitest';
import { createIngest } from '../../../functions/ingest/handler.ts';
import { createRisk } from '../../../functions/risk/handler.ts';
import { createSignal } from '../../../functions/signal/handler.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import type { BarsReadyData } from '../../../shared/contracts/bars-ready.v1.ts';
import type { Envelope } from '../../../shared/contracts/envelope.ts';
import type { Route } from '../../../shared/ports/handler.ts';
import type { Database } from '../../../shared/ports/repositories.ts';
import { sqsHandler } from '../../../shared/runtime/sqs-handler.ts';
import { runConfig, SESSION } from '../core/core.ts';
import { createMemoryQueue } from '../memory/memory-queue.ts';
import { eventOf, recordOf } from '../messages/messages.ts';
import { hurriedClock } from './hurried-clock.ts';
import { barsReady, buySignal, command, judgedBar, minute, signal, symbolSignal } from './messages.ts';
import { inProcessRunner } from './runner.ts';
import { feeds } from '../database/feeds.ts';

type Consumer = 'ingest' | 'signal' | 'risk';
type Start = (consumer: Consumer) => Process;

const CREATE: Readonly<Record<Consumer, () => readonly Route[]>> = {
  ingest: createIngest,
  signal: () => createSignal({ runner: inProcessRunner() }),
  risk: createRisk,
};
const MINUTES = 36;

interface Process {
  /** False: it failed and would be delivered again. */
  deliver(message: Envelope<unknown>): Promise<boolean>;
  /** Data of what left, oldest first. */
  readonly answers: () => unknown[];
}

export interface Server {
  /** As one process has it: nothing that it remembers of earlier transactions is known to another. */
  readonly connect: () => Database;
  readonly close: () => Promise<void>;
}

export function twoProcessesContract(open: () => Promise<Server>): void {
  /** On a database that holds the run and nothing else. */
  async function onDatabase<Result>(work: (start: Start) => Promise<Result>): Promise<Result> {
    const { connect, close } = await open();
    try {
      await connect().transaction(async ({ runs }) => {
        await runs.create(runConfig(), 'replay');
        await runs.openSession(
          { runId: 'run-1', session: SESSION.date, minutes: 390, openMs: SESSION.openMs },
          feeds(),
        );
      });
      return await work((consumer) => startProcess(consumer, connect()));
    } finally {
      await close();
    }
  }

  /** What leaves when the messages go to as many processes in turn. */
  const answersOf = (consumer: Consumer, processes: number) =>
    onDatabase(async (start) => {
      const hosts = Array.from({ length: processes }, () => start(consumer));
      for (const [at, message] of (await messagesFor(consumer, start)).entries()) {
        expect(await hosts[at % processes]!.deliver(message)).toBe(true);
      }
      return hosts.flatMap(({ answers }) => answers()).toSorted(byMinute);
    });

  describe('two processes of one function', () => {
    it.each(['ingest', 'signal', 'risk'] as const)(
      'give the answers of one, at the first delivery of each message: %s',
      async (consumer) => {
        expect(await answersOf(consumer, 2)).toEqual(await answersOf(consumer, 1));
      },
    );

    it('decide on a halt that the other one has committed', async () => {
      await onDatabase(async (start) => {
        const [first, second] = [start('risk'), start('risk')];
        expect(await first.deliver(signal())).toBe(true);
        expect(await second.deliver(command({ command: 'halt' }))).toBe(true);
        expect(await first.deliver(signal({ minuteIndex: 1, signals: BUYS }))).toBe(true);
        expect(await second.deliver(signal({ minuteIndex: 2, signals: BUYS }))).toBe(true);
        expect(first.answers()).toMatchObject([{ state: 'ACTIVE' }, { state: 'HALTED', orders: [] }]);
        expect(second.answers()).toMatchObject([{ state: 'HALTED', orders: [] }]);
      });
    });

    it('lose neither a halt nor a minute that come to both at once', async () => {
      await onDatabase(async (start) => {
        const [first, second] = [start('risk'), start('risk')];
        expect(await first.deliver(signal())).toBe(true);
        const both = [first.deliver(signal({ minuteIndex: 1 })), second.deliver(command({ command: 'halt' }))];
        expect(await Promise.all(both)).toEqual([true, true]);
        expect(await first.deliver(signal({ minuteIndex: 2, signals: BUYS }))).toBe(true);
        expect(first.answers().at(-1)).toMatchObject({ minuteIndex: 2, state: 'HALTED', orders: [] });
      });
    });
  });
}

const BUYS = [buySignal('AAPL'), symbolSignal('MSFT')];

/** A price that moves, so that every minute leaves another state behind. */
const closeE4 = (minuteIndex: number): number => 1_000_000 + 900 * ((minuteIndex * 7) % 11);

/** Signal is given what ingest made of the minutes, and finds stored what ingest has stored. */
async function messagesFor(consumer: Consumer, start: Start): Promise<Envelope<unknown>[]> {
  if (consumer === 'risk') return eachMinute(riskMessages);
  const minutes = eachMinute(minuteMessages);
  if (consumer === 'ingest') return minutes;
  const ingest = start('ingest');
  for (const message of minutes) await ingest.deliver(message);
  return (ingest.answers() as BarsReadyData[]).map((data) => barsReady(data));
}

function minuteMessages(minuteIndex: number): Envelope<unknown>[] {
  const aapl = judgedBar('AAPL', { closeE4: closeE4(minuteIndex), volume: 9_000 + minuteIndex });
  return [minute({ minuteIndex, bars: [aapl, judgedBar('MSFT', { volume: 20_000 + minuteIndex })] })];
}

function riskMessages(minuteIndex: number): Envelope<unknown>[] {
  const markE4 = closeE4(minuteIndex);
  const entry = buySignal('AAPL', { markE4, limitPriceE4: markE4 + 2_000 });
  const said = minuteIndex % 9 === 4 ? [command({ command: 'halt', issuedAtMs: SESSION.openMs + minuteIndex })] : [];
  return [...said, signal({ minuteIndex, signals: [entry, symbolSignal('MSFT', { markE4 })] })];
}

function eachMinute(messages: (minuteIndex: number) => Envelope<unknown>[]): Envelope<unknown>[] {
  return Array.from({ length: MINUTES }, (_, minuteIndex) => messages(minuteIndex)).flat();
}

function startProcess(consumer: Consumer, database: Database): Process {
  const queue = createMemoryQueue();
  const handler = sqsHandler({
    consumer,
    routes: CREATE[consumer](),
    database,
    queue,
    clock: hurriedClock(),
    logger: createLogger({ name: consumer, level: 'silent' }),
  });
  return {
    answers: () => queue.sent.map(({ envelope }) => JSON.parse(JSON.stringify(envelope.data)) as unknown),
    async deliver(message) {
      return (await handler(eventOf(recordOf(JSON.stringify(message))))).batchItemFailures.length === 0;
    },
  };
}

function byMinute(one: unknown, other: unknown): number {
  return (one as { minuteIndex: number }).minuteIndex - (other as { minuteIndex: number }).minuteIndex;
}
