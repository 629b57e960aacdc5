/**
 * Decisions on their way in: recorded once, handed to whoever waits, whether they come before or after the question.
 */

import { describe, expect, it } from 'vitest';
import { DecisionInbox } from '../../../../gateway/minutes/decision-inbox.ts';
import { createMemoryDatabase } from '../../../support/memory/memory-database.ts';
import { createMemoryQueue } from '../../../support/memory/memory-queue.ts';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';
import type { Repositories } from '../../../../shared/ports/repositories.ts';
import { sqsHandler } from '../../../../shared/runtime/sqs-handler.ts';
import { entryOrder, runConfig, SESSION } from '../../../support/core/core.ts';
import { eventOf, recordOf } from '../../../support/messages/messages.ts';
import { hurriedClock } from '../../../support/trading/hurried-clock.ts';
import { decision } from '../../../support/trading/messages.ts';
import { feeds } from '../../../support/database/feeds.ts';

async function openRun(runs: Repositories['runs'], runId: string): Promise<void> {
  await runs.create(runConfig({ runId, bookId: `book-of-${runId}` }), 'replay');
  await runs.openSession({ runId, session: SESSION.date, minutes: 390, openMs: SESSION.openMs }, feeds());
}

const never = new AbortController().signal;

async function setUp() {
  const database = createMemoryDatabase();
  await database.transaction(({ runs }) => openRun(runs, 'run-1'));
  const inbox = new DecisionInbox('run-1');
  const handler = sqsHandler({
    consumer: 'gateway',
    routes: inbox.routes(),
    database,
    queue: createMemoryQueue(),
    clock: hurriedClock(),
    logger: createLogger({ name: 'test', level: 'silent' }),
  });
  const deliver = (message: ReturnType<typeof decision>) => handler(eventOf(recordOf(JSON.stringify(message))));
  const progress = () => database.transaction(({ execution }) => execution.progress('run-1', SESSION.date));
  return { database, inbox, deliver, progress };
}

describe('the decision inbox', () => {
  it('hands a decision to whoever waits for its minute', async () => {
    const { inbox, deliver } = await setUp();
    const waiting = inbox.wait(SESSION.date, 3, never);
    await deliver(decision({ minuteIndex: 3, orders: [entryOrder({ minuteIndex: 3 })] }));
    expect(await waiting).toMatchObject({ instructions: { orders: [{ minuteIndex: 3 }], cancels: [] } });
  });

  it('records a decision that another run left in the queue, and hands it to nobody', async () => {
    const { database, inbox, deliver } = await setUp();
    await database.transaction(({ runs }) => openRun(runs, 'run-0'));
    await deliver({ ...decision({ minuteIndex: 3 }), id: 'decision/run-0/3', runId: 'run-0' });
    const asked = inbox.wait(SESSION.date, 3, never);
    await deliver(decision({ minuteIndex: 3, orders: [entryOrder({ minuteIndex: 3 })] }));
    expect(await asked).toMatchObject({ instructions: { orders: [{ minuteIndex: 3 }] } });
    const other = await database.transaction(({ execution }) => execution.progress('run-0', SESSION.date));
    expect(other.decidedMinute).toBe(3);
  });

  it('keeps a decision that came before the question', async () => {
    const { inbox, deliver } = await setUp();
    await deliver(decision({ minuteIndex: 3 }));
    expect(await inbox.wait(SESSION.date, 3, never)).not.toBeNull();
  });

  it('gives up when the signal aborts, and still hands the decision to the next who asks', async () => {
    const { inbox, deliver } = await setUp();
    const giving = new AbortController();
    const first = inbox.wait(SESSION.date, 3, giving.signal);
    giving.abort();
    expect(await first).toBeNull();
    expect(await inbox.wait(SESSION.date, 3, AbortSignal.abort())).toBeNull();
    const second = inbox.wait(SESSION.date, 3, never);
    await deliver(decision({ minuteIndex: 3 }));
    expect(await second).not.toBeNull();
  });

  it('does not mix up minutes or sessions', async () => {
    const { inbox, deliver } = await setUp();
    await deliver(decision({ minuteIndex: 3 }));
    expect(await inbox.wait(SESSION.date, 4, AbortSignal.abort())).toBeNull();
    expect(await inbox.wait(20250106, 3, AbortSignal.abort())).toBeNull();
  });

  it('records how far the session is, each order as accepted, and when the message was where', async () => {
    const { database, deliver, progress } = await setUp();
    const message = decision({ minuteIndex: 40, orders: [entryOrder()] });
    await deliver({ ...message, stamps: { closed: 1.5, ingest: 2, signal: 3, risk: 4 } });
    expect((await progress()).decidedMinute).toBe(40);
    expect(database.tables.orderEvents.all()).toMatchObject([
      { row: { orderRef: entryOrder().orderRef, event: 'ACCEPTED', eventMs: entryOrder().eventMs } },
    ]);
    expect(database.tables.latency.all()).toMatchObject([{ closedMs: 1.5, ingestMs: 2, signalMs: 3, riskMs: 4 }]);
  });

  it('does all that once for a decision that is delivered twice', async () => {
    const { database, inbox, deliver } = await setUp();
    const message = decision({ minuteIndex: 40, orders: [entryOrder()] });
    await deliver(message);
    expect(await inbox.wait(SESSION.date, 40, never)).not.toBeNull();
    await deliver(message);
    expect(await inbox.wait(SESSION.date, 40, AbortSignal.abort())).toBeNull();
    expect(database.tables.orderEvents.all()).toHaveLength(1);
  });

  it('hands over nothing that was not committed', async () => {
    const { database, inbox, deliver, progress } = await setUp();
    database.failNext(new Error('the connection broke'), 'commit');
    expect((await deliver(decision({ minuteIndex: 3 }))).batchItemFailures).toHaveLength(1);
    expect(await inbox.wait(SESSION.date, 3, AbortSignal.abort())).toBeNull();
    expect((await progress()).decidedMinute).toBe(-1);
  });
});
