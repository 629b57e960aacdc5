/**
 * The sweeper sends what was committed and never published, in order and not twice.
 */

import { describe, expect, it } from 'vitest';
import { startSweeper } from '../../../../local/host/sweeper.ts';
import { createMemoryDatabase } from '../../../support/memory/memory-database.ts';
import { createMemoryQueue } from '../../../support/memory/memory-queue.ts';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';
import { route } from '../../../../shared/ports/handler.ts';
import { sqsHandler } from '../../../../shared/runtime/sqs-handler.ts';
import { eventOf, note, noteV1, recordOf } from '../../../support/messages/messages.ts';
import { stepClock } from '../../../support/core/step-clock.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const INTERVAL_MS = 250;

function setUp() {
  const clock = stepClock();
  const database = createMemoryDatabase({ nowMs: () => clock.nowMs() });
  const queue = createMemoryQueue();
  const add = (...ids: string[]) =>
    database.transaction(({ outbox }) =>
      outbox.add(
        'gateway',
        '',
        ids.map((id) => ({ queue: 'minutes' as const, envelope: note({ id }) })),
      ),
    );
  const start = () => startSweeper({ database, queue, clock, logger, intervalMs: INTERVAL_MS });
  const sent = () => queue.sent.map(({ envelope, attempt }) => `${envelope.id}~${attempt}`);
  return { clock, database, queue, add, start, sent };
}

describe('the sweeper', () => {
  it('sends what a crash between commit and publish left behind, once', async () => {
    const { clock, database, queue, start, sent } = setUp();
    const crashing = { send: () => Promise.reject(new Error('killed here')) };
    const answer = {
      queue: 'bars-ready' as const,
      contract: noteV1,
      id: 'answer/1',
      occurredAt: 1,
      data: { text: 'a' },
    };
    const routes = [route(noteV1, async () => [answer])];
    const handler = sqsHandler({ consumer: 'ingest', routes, database, queue: crashing, clock, logger });
    await handler(eventOf(recordOf(JSON.stringify(note()))));
    expect(queue.sent).toEqual([]);

    const sweeper = start();
    await clock.advance(10 * INTERVAL_MS);
    expect(sent()).toEqual(['answer/1~1']);
    expect(database.outbox).toMatchObject([{ published: true }]);
    await sweeper.stop();
  });

  it('leaves alone what is younger than one interval', async () => {
    const { clock, add, start, sent } = setUp();
    const sweeper = start();
    await clock.advance(INTERVAL_MS - 1);
    await add('young');
    await clock.advance(1);
    expect(sent()).toEqual([]);
    await clock.advance(INTERVAL_MS);
    expect(sent()).toEqual(['young~1']);
    await sweeper.stop();
  });

  it('keeps order and ends the round at the first message the endpoint does not take', async () => {
    const { clock, queue, add, start, sent } = setUp();
    await add('a', 'b');
    const sweeper = start();
    queue.failure = new Error('endpoint away');
    await clock.advance(INTERVAL_MS);
    queue.failure = null;
    await clock.advance(INTERVAL_MS);
    expect(sent()).toEqual(['a~2', 'b~1']);
    await sweeper.stop();
  });

  it('goes past a message that the endpoint will never take', async () => {
    const { clock, database, queue, add, start } = setUp();
    await add('refused', 'good');
    const taken: string[] = [];
    queue.send = async ({ envelope }) => {
      if (envelope.id === 'refused') throw Object.assign(new Error('too large'), { retryable: false });
      taken.push(envelope.id);
    };
    const sweeper = start();
    await clock.advance(INTERVAL_MS);
    expect(taken).toEqual(['good']);
    expect(database.outbox.map((row) => row.published)).toEqual([false, true]);
    await sweeper.stop();
  });

  it('sends again with another attempt when the mark was not written', async () => {
    const { clock, database, queue, add, start, sent } = setUp();
    await add('a');
    const { send } = queue;
    queue.send = async (message, attempt) => {
      await send.call(queue, message, attempt);
      if (queue.sent.length === 1) database.failNext(new Error('database away'));
    };
    const sweeper = start();
    await clock.advance(2 * INTERVAL_MS);
    expect(sent()).toEqual(['a~1', 'a~2']);
    await sweeper.stop();
  });

  it('outlives a database that is away', async () => {
    const { clock, database, add, start, sent } = setUp();
    await add('a');
    const sweeper = start();
    database.failNext(new Error('database away'));
    await clock.advance(2 * INTERVAL_MS);
    expect(sent()).toEqual(['a~1']);
    await sweeper.stop();
  });
});
