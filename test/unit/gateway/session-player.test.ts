/**
 * One session in lock-step: a minute leaves when the one before it is decided, whatever is lost or crashes in between.
 */

import { describe, expect, it, onTestFinished } from 'vitest';
import { DecisionInbox } from '../../../gateway/minutes/decision-inbox.ts';
import { MinutePublisher } from '../../../gateway/minutes/publisher.ts';
import { SessionPlayer } from '../../../gateway/session-player.ts';
import { tableSession } from '../../../gateway/sources/table-session.ts';
import { createMemoryDatabase, type MemoryDatabase } from '../../support/memory/memory-database.ts';
import { createMemoryQueue, type SentMessage } from '../../support/memory/memory-queue.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import type { MinuteData } from '../../../shared/contracts/minute.v2.ts';
import { FAULT } from '../../../shared/domain/quality/faults.ts';
import type { Broker, Instructions } from '../../../shared/ports/broker.ts';
import type { MarketSession, MarketSource } from '../../../shared/ports/market-source.ts';
import { sqsHandler } from '../../../shared/runtime/sqs-handler.ts';
import { bar, entryOrder, runConfig, SESSION, tableOf } from '../../support/core/core.ts';
import { eventOf, recordOf } from '../../support/messages/messages.ts';
import { hurriedClock } from '../../support/trading/hurried-clock.ts';
import { decision } from '../../support/trading/messages.ts';

const MINUTES = 4;
/** Of the bars of AAPL and MSFT. */
const DIGESTS = ['recorded/a', 'recorded/b'];
/** The minute and its repeats. */
const SENDS_MAX = 61;
const logger = createLogger({ name: 'test', level: 'silent' });
const never = new AbortController().signal;

async function openDatabase(): Promise<MemoryDatabase> {
  const database = createMemoryDatabase();
  await database.transaction(({ runs }) => runs.create(runConfig({ minutesMax: MINUTES }), 'replay'));
  return database;
}

const holdsNothing = { openOrders: async () => [], positions: async () => [], executionsSince: async () => [] };

/** A broker that keeps a diary and reports nothing. */
function diaryBroker() {
  const diary: string[] = [];
  const refs = ({ orders }: Instructions): string => orders.map(({ orderRef }) => orderRef).join();
  const broker: Broker = {
    startSession: async (session, minutes) => void diary.push(`start ${session.date} of ${minutes}`),
    async report(minuteIndex) {
      diary.push(`report ${minuteIndex}`);
      return { fills: [], closed: [] };
    },
    submit: async (instructions) => void diary.push(`submit ${refs(instructions)}`),
    recall: async (instructions) => void diary.push(`recall ${refs(instructions)}`),
    ...holdsNothing,
  };
  return { broker, diary };
}

function setUp(
  database: MemoryDatabase,
  { resendMs = 60_000, market = null }: { resendMs?: number; market?: MarketSession | null } = {},
) {
  const queue = createMemoryQueue();
  const clock = hurriedClock();
  const config = runConfig({ minutesMax: MINUTES });
  const inbox = new DecisionInbox(config.runId);
  const marks = { add: async () => undefined };
  const publisher = new MinutePublisher({ config, database, queue, marks, logger });
  const { broker, diary } = diaryBroker();
  const journal: number[] = [];
  const table = tableOf([
    Array.from({ length: MINUTES }, (_, minute) => (minute === 2 ? null : bar())),
    Array.from({ length: MINUTES }, () => bar()),
  ]);
  const source: MarketSource = {
    nextSession: () => null,
    open: async (at) => market ?? tableSession({ symbols: config.symbols, table, digests: DIGESTS, ...at }),
  };
  const player = new SessionPlayer(
    {
      config,
      source,
      broker,
      database,
      publisher,
      inbox,
      journal: { append: async ({ minuteIndex }) => void journal.push(minuteIndex) },
      minuteClock: { nextClose: async () => undefined, betweenSessions: async () => undefined },
      clock,
      logger,
      resendMs,
    },
    SESSION,
  );
  const handler = sqsHandler({ consumer: 'gateway', routes: inbox.routes(), database, queue, clock, logger });
  const decide = (message: ReturnType<typeof decision>) => handler(eventOf(recordOf(JSON.stringify(message))));
  const sent = () => queue.sent.map(minuteOf);
  const faults = () => queue.sent.map(faultsOf);
  return { player, queue, decide, sent, faults, diary, journal };
}

const faultsOf = ({ envelope }: SentMessage) =>
  (envelope.data as MinuteData).bars.map((one) => ('verdict' in one ? one.verdict.faults : null));

function minuteOf({ envelope }: SentMessage): number {
  return (envelope.data as MinuteData).minuteIndex;
}

/** Answers every minute as it comes, until the test ends. */
function answerAll({ queue, decide }: ReturnType<typeof setUp>, orders = new Map<number, string>()): void {
  let answered = 0;
  const timer = setInterval(() => {
    for (const message of queue.sent.slice(answered)) {
      answered += 1;
      const minuteIndex = minuteOf(message);
      const orderRef = orders.get(minuteIndex);
      void decide(decision({ minuteIndex, orders: orderRef ? [entryOrder({ minuteIndex, orderRef })] : [] }));
    }
  }, 1);
  onTestFinished(() => clearInterval(timer));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('a session', () => {
  it('goes minute by minute: journal, broker, message, decision, orders', async () => {
    const parts = setUp(await openDatabase());
    answerAll(parts, new Map([[1, 'a']]));
    await parts.player.play(never);
    expect(parts.sent()).toEqual([0, 1, 2, 3]);
    expect(parts.journal).toEqual([0, 1, 2, 3]);
    expect(parts.diary).toEqual([
      'start 20250103 of 4',
      'report 0',
      'submit ',
      'report 1',
      'submit a',
      'report 2',
      'submit ',
      'report 3',
      'submit ',
    ]);
  });

  it('carries every symbol in every minute, missing or judged by the minutes before it', async () => {
    const parts = setUp(await openDatabase());
    answerAll(parts);
    await parts.player.play(never);
    const stale = FAULT.STALE_REPEAT;
    expect(parts.faults().flat()).toEqual([0, 0, stale, stale, null, stale, stale, stale]);
  });

  it('holds the next minute back until the decision is recorded', async () => {
    const parts = setUp(await openDatabase());
    const playing = parts.player.play(never);
    await until(() => parts.queue.sent.length > 0);
    expect(parts.sent()).toEqual([0]);
    await parts.decide(decision({ minuteIndex: 0 }));
    await until(() => parts.queue.sent.length > 1);
    expect(parts.sent()).toEqual([0, 1]);
    answerAll(parts);
    await playing;
  });

  it('stops between minutes when it is aborted', async () => {
    const parts = setUp(await openDatabase());
    const stopping = new AbortController();
    const playing = parts.player.play(stopping.signal);
    await until(() => parts.queue.sent.length > 0);
    stopping.abort();
    await playing;
    expect(parts.sent()).toEqual([0]);
  });
});

describe('a market that is slow', () => {
  /** Delivers two minutes and then keeps the player waiting, until the signal aborts. */
  function slowMarket(): MarketSession {
    const bars = ['AAPL', 'MSFT'].map((symbol) => ({ symbol, status: 'missing' as const }));
    let next = 0;
    return {
      digests: DIGESTS,
      quarantine: [],
      async nextMinute(signal) {
        next += 1;
        if (next <= 2) return { minuteIndex: next - 1, bars };
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        return null;
      },
    };
  }

  it('is waited for, and left at once when the player is stopped', async () => {
    const parts = setUp(await openDatabase(), { market: slowMarket() });
    answerAll(parts);
    const stopping = new AbortController();
    const playing = parts.player.play(stopping.signal);
    await until(() => parts.diary.filter((line) => line.startsWith('submit')).length === 2);
    expect([parts.player.minuteIndex, parts.sent()]).toEqual([1, [0, 1]]);
    stopping.abort();
    await playing;
    expect(parts.player.isOver).toBe(false);
  });

  it('that ends before its session does stops the run, and is named with session and minute', async () => {
    const ended: MarketSession = { digests: DIGESTS, quarantine: [], nextMinute: async () => null };
    const parts = setUp(await openDatabase(), { market: ended });
    await expect(parts.player.play(never)).rejects.toMatchObject({
      name: 'SourceEndedError',
      message: expect.stringMatching(/^session 20250103 ended after 0 of its 4 minutes/) as string,
    });
  });
});

describe('a minute without a decision', () => {
  it('is sent again, past the deduplication of the queue', async () => {
    const parts = setUp(await openDatabase(), { resendMs: 5 });
    const playing = parts.player.play(never);
    await until(() => parts.queue.sent.length >= 3);
    expect(new Set(parts.sent())).toEqual(new Set([0]));
    expect(new Set(parts.queue.sent.map(({ attempt }) => attempt)).size).toBe(parts.queue.sent.length);
    answerAll(parts);
    await playing;
    expect(new Set(parts.sent())).toEqual(new Set([0, 1, 2, 3]));
  });

  it('stops the run in the end, and is named with its session', async () => {
    const parts = setUp(await openDatabase(), { resendMs: 1 });
    const playing = parts.player.play(never);
    await expect(playing).rejects.toMatchObject({
      name: 'NoDecisionError',
      message: expect.stringMatching(/^minute 1 of session 20250103 got no decision after 60 resends/) as string,
    });
    expect(parts.queue.sent).toHaveLength(SENDS_MAX);
  });

  it('goes on with a decision whose commit held although its answer was lost', async () => {
    const database = await openDatabase();
    const parts = setUp(database, { resendMs: 20 });
    const playing = parts.player.play(never);
    await until(() => parts.queue.sent.length > 0);
    const order = entryOrder({ minuteIndex: 0, orderRef: 'a' });
    const decided = decision({ minuteIndex: 0, orders: [order] });
    const { data } = decided;
    await database.transaction(({ decisions }) =>
      decisions.add({
        runId: 'run-1',
        cause: 'minute',
        decision: { ...data, eventMs: order.eventMs },
        signal: null,
      }),
    );
    database.failNext(new Error('the connection broke'), 'committed');
    await parts.decide(decided);
    // Delivered again, it is a repeat and hands nothing over.
    await parts.decide(decided);
    answerAll(parts);
    await playing;
    expect(parts.diary.filter((line) => line.startsWith('submit'))).toEqual([
      'submit a',
      'submit ',
      'submit ',
      'submit ',
    ]);
  });
});

describe('a restart', () => {
  /** Plays until the minute has left, and decides it where `decided` says so; then the process is gone. */
  async function playUntil(minute: number, { decided }: { decided: boolean }): Promise<MemoryDatabase> {
    const database = await openDatabase();
    const first = setUp(database);
    const killing = new AbortController();
    const playing = first.player.play(killing.signal);
    for (let minuteIndex = 0; minuteIndex <= minute; minuteIndex += 1) {
      await until(() => first.queue.sent.length > minuteIndex);
      if (minuteIndex === minute && !decided) break;
      const order = entryOrder({ minuteIndex, orderRef: `ref-${minuteIndex}` });
      const message = decision({ minuteIndex, orders: [order] });
      const record = { ...message.data, eventMs: order.eventMs };
      await database.transaction(({ decisions }) =>
        decisions.add({ runId: 'run-1', cause: 'minute', decision: record, signal: null }),
      );
      if (minuteIndex === minute) killing.abort();
      await first.decide(message);
    }
    killing.abort();
    await playing;
    return database;
  }

  it('after a decision folds what was, recalls its orders and goes on with the next minute', async () => {
    const second = setUp(await playUntil(1, { decided: true }));
    answerAll(second);
    await second.player.play(never);
    expect(second.sent()).toEqual([2, 3]);
    // A repeat of what had left before the restart.
    expect(second.faults()[0]).toEqual([null, FAULT.STALE_REPEAT]);
    expect(second.journal).toEqual([2, 3]);
    expect(second.diary).toEqual([
      'start 20250103 of 4',
      'report 0',
      'recall ref-0',
      'report 1',
      'recall ref-1',
      'report 2',
      'submit ',
      'report 3',
      'submit ',
    ]);
  });

  it('between a minute and its decision waits for that decision and sends nothing twice', async () => {
    const second = setUp(await playUntil(1, { decided: false }));
    const playing = second.player.play(never);
    await until(() => second.diary.includes('report 1'));
    await second.decide(decision({ minuteIndex: 1, orders: [entryOrder({ minuteIndex: 1, orderRef: 'late' })] }));
    answerAll(second);
    await playing;
    expect(second.sent()).toEqual([2, 3]);
    expect(second.diary.slice(0, 5)).toEqual([
      'start 20250103 of 4',
      'report 0',
      'recall ref-0',
      'report 1',
      'submit late',
    ]);
  });

  it('after the last decision has nothing left to do', async () => {
    const second = setUp(await playUntil(MINUTES - 1, { decided: true }));
    await second.player.play(never);
    expect([second.sent(), second.diary]).toEqual([[], []]);
    expect(second.player).toMatchObject({ minuteIndex: MINUTES - 1, isOver: true });
  });
});
