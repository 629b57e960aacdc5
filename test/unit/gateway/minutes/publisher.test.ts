/**
 * Closing a minute: one transaction for everything that is known of it, one message that derives from it.
 */

import { describe, expect, it } from 'vitest';
import { type ClosedMinute, MinutePublisher } from '../../../../gateway/minutes/publisher.ts';
import { createMemoryDatabase } from '../../../support/memory/memory-database.ts';
import { createMemoryQueue } from '../../../support/memory/memory-queue.ts';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';
import { minuteV2 } from '../../../../shared/contracts/minute.v2.ts';
import { fill, runConfig, SESSION } from '../../../support/core/core.ts';
import { judgedBar } from '../../../support/trading/messages.ts';
import { feeds } from '../../../support/database/feeds.ts';

const MINUTE = 41;
const ENTRY = fill().orderRef;

async function setUp() {
  const database = createMemoryDatabase();
  await database.transaction(async ({ runs }) => {
    await runs.create(runConfig(), 'replay');
    await runs.openSession({ runId: 'run-1', session: SESSION.date, minutes: 390, openMs: SESSION.openMs }, feeds());
  });
  const queue = createMemoryQueue();
  const marked: string[] = [];
  const publisher = new MinutePublisher({
    config: runConfig(),
    database,
    queue,
    marks: { add: async (ids) => void marked.push(...ids) },
    logger: createLogger({ name: 'test', level: 'silent' }),
  });
  const events = () => database.tables.orderEvents.all().map(({ row }) => `${row.orderRef} ${row.event}`);
  return { database, queue, publisher, marked, events };
}

function closed(report: Partial<ClosedMinute['report']> = {}): ClosedMinute {
  return {
    session: SESSION.date,
    minuteIndex: MINUTE,
    minutes: 390,
    openMs: SESSION.openMs + MINUTE * 60_000,
    bars: [judgedBar('AAPL'), judgedBar('MSFT')],
    closes: [],
    report: { fills: [], closed: [], ...report },
    closedMs: 7.5,
  };
}

describe('a closed minute', () => {
  it('leaves as a message that its schema takes, with an id that derives from run, session and minute', async () => {
    const { queue, publisher, marked } = await setUp();
    await publisher.publish(closed({ fills: [fill()] }));
    const [message] = queue.sent;
    expect(message).toMatchObject({ queue: 'minutes', attempt: 0, envelope: { id: 'minute/run-1/20250103/41' } });
    expect(minuteV2.schema.parse(JSON.parse(JSON.stringify(message?.envelope)))).toEqual(message?.envelope);
    expect(marked).toEqual(['minute/run-1/20250103/41']);
  });

  it('is stored with its fills, its message and how far the session is', async () => {
    const { database, publisher } = await setUp();
    await publisher.publish(closed({ fills: [fill()] }));
    expect(database.tables.fills.all().map(({ row }) => row)).toEqual([fill()]);
    expect(database.outbox.map(({ outboxId }) => outboxId)).toEqual(['minute/run-1/20250103/41']);
    expect(database.tables.sessions.all()).toMatchObject([{ publishedMinute: MINUTE }]);
  });

  it('is not sent where it could not be stored', async () => {
    const { database, queue, publisher } = await setUp();
    database.failNext(new Error('the disk is full'), 'commit');
    await expect(publisher.publish(closed({ fills: [fill()] }))).rejects.toThrow('the disk is full');
    expect(queue.sent).toEqual([]);
    expect(database.tables.fills.all()).toEqual([]);
  });

  it('stays stored for the sweeper where it could not be sent', async () => {
    const { database, queue, publisher, marked } = await setUp();
    queue.failure = new Error('the queue is away');
    await publisher.publish(closed());
    expect(database.outbox).toMatchObject([{ outboxId: 'minute/run-1/20250103/41', published: false }]);
    expect(marked).toEqual([]);
  });

  it('is the same in the database when it is closed twice', async () => {
    const { database, publisher, events } = await setUp();
    const report = { fills: [fill()], closed: [{ orderRef: ENTRY, reason: 'FILLED' as const }] };
    await publisher.publish(closed(report));
    await publisher.publish(closed(report));
    expect(database.tables.fills.all()).toHaveLength(1);
    expect(database.outbox).toHaveLength(1);
    expect(events()).toEqual([`${ENTRY} FILLED`]);
  });
});

describe('what became of an order', () => {
  it('is dated by what ended it: a fill, the open where an exit superseded it, the close of its minute', async () => {
    const { database, publisher } = await setUp();
    const exit = fill({ orderRef: '20250103-040-AAPL-X' });
    const ended = [
      { orderRef: exit.orderRef, reason: 'FILLED' as const },
      { orderRef: '20250103-030-AAPL-P', reason: 'SUPERSEDED' as const },
      { orderRef: '20250103-040-MSFT-N', reason: 'EXPIRED' as const },
    ];
    const minute = closed({ fills: [exit], closed: ended });
    await publisher.publish(minute);
    const times = [exit.eventMs, minute.openMs, minute.openMs + 60_000];
    expect(database.tables.orderEvents.all().map(({ row }) => row.eventMs)).toEqual(times);
    const ends = database.tables.audit.where(({ kind }) => kind === 'order-end');
    expect(ends.map(({ eventMs }) => eventMs)).toEqual(times);
  });

  it('is one event when one fill filled it', async () => {
    const { publisher, events } = await setUp();
    await publisher.publish(closed({ fills: [fill()], closed: [{ orderRef: ENTRY, reason: 'FILLED' }] }));
    expect(events()).toEqual([`${ENTRY} FILLED`]);
  });

  it('is a partial fill while it works on', async () => {
    const { publisher, events } = await setUp();
    await publisher.publish(closed({ fills: [fill({ quantity: 3 })] }));
    expect(events()).toEqual([`${ENTRY} PARTIALLY_FILLED`]);
  });

  it('is both where it expired after a part', async () => {
    const { publisher, events } = await setUp();
    await publisher.publish(
      closed({ fills: [fill({ quantity: 3 })], closed: [{ orderRef: ENTRY, reason: 'EXPIRED' }] }),
    );
    expect(events()).toEqual([`${ENTRY} PARTIALLY_FILLED`, `${ENTRY} EXPIRED`]);
  });
});

describe('the latency of a minute', () => {
  const latency = {
    runId: 'run-1',
    session: SESSION.date,
    minuteIndex: 40,
    closedMs: 1,
    ingestMs: 2,
    signalMs: 3,
    riskMs: 4,
    recordedMs: 9,
  };

  it('is stored with the minute after it, off the way of its orders', async () => {
    const { database, publisher } = await setUp();
    publisher.keepLatency(latency);
    expect(database.tables.latency.all()).toEqual([]);
    await publisher.publish(closed());
    expect(database.tables.latency.all()).toEqual([latency]);
  });

  it('is stored on its own after the last minute, once', async () => {
    const { database, publisher } = await setUp();
    publisher.keepLatency(latency);
    await publisher.storeKeptLatency();
    await publisher.storeKeptLatency();
    expect(database.tables.latency.all()).toEqual([latency]);
  });
});
