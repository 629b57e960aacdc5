/**
 * What the gateway writes into its audit chains: orders as they are taken, fills and ends of orders as they are reported.
 */

import { describe, expect, it } from 'vitest';
import { DecisionInbox } from '../../../gateway/minutes/decision-inbox.ts';
import { type ClosedMinute, MinutePublisher } from '../../../gateway/minutes/publisher.ts';
import { createMemoryDatabase } from '../../support/memory/memory-database.ts';
import { createMemoryQueue } from '../../support/memory/memory-queue.ts';
import { sqsHandler } from '../../../shared/runtime/sqs-handler.ts';
import { entryOrder, fill, runConfig, SESSION } from '../../support/core/core.ts';
import { eventOf, recordOf } from '../../support/messages/messages.ts';
import { SILENT } from '../../support/page/page-fixture.ts';
import { hurriedClock } from '../../support/trading/hurried-clock.ts';
import { decision } from '../../support/trading/messages.ts';
import { feeds } from '../../support/database/feeds.ts';

const MINUTE = 41;

async function open() {
  const database = createMemoryDatabase();
  await database.transaction(async ({ runs }) => {
    await runs.create(runConfig(), 'replay');
    await runs.openSession({ runId: 'run-1', session: SESSION.date, minutes: 390, openMs: SESSION.openMs }, feeds());
  });
  const entries = () =>
    database.tables.audit.all().map(({ chain, kind, causeId, body }) => {
      return { ...(JSON.parse(body) as Record<string, unknown>), chain, kind, causeId };
    });
  return { database, entries, queue: createMemoryQueue(), logger: SILENT };
}

describe('the audit of orders', () => {
  async function openInbox() {
    const parts = await open();
    const routes = new DecisionInbox('run-1').routes();
    const handler = sqsHandler({ ...parts, consumer: 'gateway', routes, clock: hurriedClock() });
    const deliver = (message: ReturnType<typeof decision>) => handler(eventOf(recordOf(JSON.stringify(message))));
    return { ...parts, deliver };
  }

  it('has each order once, as it was taken', async () => {
    const { deliver, entries } = await openInbox();
    const order = entryOrder();
    const message = decision({ orders: [order] });
    await deliver(message);
    await deliver(message);
    const { orderRef, symbol, side, quantity, limitPriceE4 } = order;
    const taken = { kind: 'order', causeId: message.id, orderRef, symbol, side, quantity, limitPriceE4 };
    expect(entries()).toMatchObject([{ chain: 'run-1/orders', ...taken }]);
    expect(entries()).toHaveLength(1);
  });

  it('has nothing of a decision without orders', async () => {
    const { deliver, entries } = await openInbox();
    await deliver(decision());
    expect(entries()).toEqual([]);
  });
});

describe('the audit of fills', () => {
  const minute: ClosedMinute = {
    session: SESSION.date,
    minuteIndex: MINUTE,
    minutes: 390,
    openMs: SESSION.openMs + MINUTE * 60_000,
    bars: [],
    closes: [],
    report: { fills: [fill()], closed: [{ orderRef: fill().orderRef, reason: 'FILLED' }] },
    closedMs: 7.5,
  };

  async function openPublisher() {
    const parts = await open();
    const publisher = new MinutePublisher({ ...parts, config: runConfig(), marks: { add: async () => undefined } });
    return { ...parts, publisher };
  }

  it('has each fill and each end of an order, with the minute that reported it', async () => {
    const { publisher, entries } = await openPublisher();
    await publisher.publish(minute);
    const { fillId, orderRef, quantity, priceE4, fees } = fill();
    const where = { chain: 'run-1/fills', causeId: `minute/run-1/${SESSION.date}/${MINUTE}` };
    expect(entries()).toMatchObject([
      { ...where, kind: 'fill', fillId, orderRef, quantity, priceE4, fees: { ...fees } },
      { ...where, kind: 'order-end', orderRef, reason: 'FILLED' },
    ]);
  });

  it('has them once when the commit of the minute held unheard and it is published again', async () => {
    const { database, publisher, entries } = await openPublisher();
    database.failNext(new Error('connection lost'), 'committed');
    await expect(publisher.publish(minute)).rejects.toThrow('connection lost');
    await publisher.publish(minute);
    expect(entries().map(({ kind }) => kind)).toEqual(['fill', 'order-end']);
  });

  it('has nothing of a minute in which nothing happened', async () => {
    const { publisher, entries } = await openPublisher();
    await publisher.publish({ ...minute, report: { fills: [], closed: [] } });
    expect(entries()).toEqual([]);
  });
});
