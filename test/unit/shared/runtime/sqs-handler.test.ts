/**
 * The batch wrapper: inbox, outbox, partial failure, deadline.
 */

import { describe, expect, it, vi } from 'vitest';
import { AssertionError } from '../../../../shared/domain/units/units.ts';
import { noise } from '../../../support/core/seeded-random.ts';
import { eventOf, recordOf } from '../../../support/messages/messages.ts';
import { ALL_GOOD, bodyOf, draftOf, NOW_MS, setUp } from '../../../support/messages/wrapper-bench.ts';

describe('a message that is handled', () => {
  it('commits inbox and outbox, then publishes and marks the message as sent', async () => {
    const { database, queue, handler } = setUp();
    expect(await handler(eventOf(recordOf(bodyOf())))).toEqual(ALL_GOOD);
    expect([...database.inbox]).toEqual(['ingest/note/run-1/1']);
    expect(queue.sent.map(({ queue: to, envelope }) => [to, envelope.id])).toEqual([['bars-ready', 'answer/hello']]);
    expect(database.outbox).toMatchObject([{ outboxId: 'answer/hello', writer: 'ingest', published: true }]);
  });

  it('keeps run and trace, derives a new span, and adds its own stamp to those that came', async () => {
    const { queue, handler } = setUp();
    await handler(eventOf(recordOf(bodyOf())));
    const envelope = queue.sent[0]?.envelope;
    expect(envelope?.runId).toBe('run-1');
    expect(envelope?.stamps).toEqual({ gateway: 1_735_914_600_001.5, ingest: NOW_MS });
    const [version, traceId, spanId, flags] = envelope?.traceparent.split('-') ?? [];
    expect([version, traceId, flags]).toEqual(['00', '4bf92f3577b34da6a3ce929d0e0e4736', '01']);
    expect(spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(spanId).not.toBe('00f067aa0ba902b7');
  });

  it('is handled once when it is delivered twice', async () => {
    const { queue, handler, handled } = setUp();
    await handler(eventOf(recordOf(bodyOf(), { messageId: 'first' })));
    expect(await handler(eventOf(recordOf(bodyOf(), { messageId: 'second' })))).toEqual(ALL_GOOD);
    expect(handled).toHaveBeenCalledTimes(1);
    const [first, again] = queue.sent;
    expect(queue.sent).toHaveLength(2);
    // Its answer may have been lost, so it is given again, past the deduplication of the queue.
    expect(again?.envelope).toEqual(first?.envelope);
    expect([first?.attempt, again?.attempt]).toEqual([0, expect.any(Number)]);
    expect(again?.attempt).toBeGreaterThan(0);
  });

  it('of a closed session is known when it comes again, and has neither effect nor answer', async () => {
    const { database, queue, handler, handled } = setUp();
    await handler(eventOf(recordOf(bodyOf(), { messageId: 'first' })));
    for (const { outboxId } of database.outbox) database.tables.outbox.delete(outboxId);
    expect(await handler(eventOf(recordOf(bodyOf(), { messageId: 'again' })))).toEqual(ALL_GOOD);
    expect(handled).toHaveBeenCalledTimes(1);
    expect(queue.sent).toHaveLength(1);
    expect(database.quarantine).toEqual([]);
  });

  it('moves memory on only after the commit', async () => {
    const order: string[] = [];
    const { database, handler } = setUp(async (_data, context) => {
      context.afterCommit(() => order.push(`effect with ${database.inbox.size} committed`));
      order.push(`handled with ${database.inbox.size} committed`);
      return [];
    });
    await handler(eventOf(recordOf(bodyOf())));
    expect(order).toEqual(['handled with 0 committed', 'effect with 1 committed']);
  });

  it('stays handled when an effect after the commit throws, and says so', async () => {
    const { queue, handler, lines } = setUp(async (data, context) => {
      context.afterCommit(() => {
        throw new Error('stale cache');
      });
      return [draftOf(data.text)];
    });
    expect(await handler(eventOf(recordOf(bodyOf())))).toEqual(ALL_GOOD);
    expect(queue.sent).toHaveLength(1);
    expect(lines).toContainEqual(expect.objectContaining({ level: 50, msg: 'an effect after the commit failed' }));
  });
});

describe('a message that fails', () => {
  it('is returned for redelivery with nothing committed when the handler throws', async () => {
    const effect = vi.fn<() => void>();
    const { database, queue, handler } = setUp(async (_data, context) => {
      context.afterCommit(effect);
      throw new Error('runner away');
    });
    expect(await handler(eventOf(recordOf(bodyOf())))).toEqual({ batchItemFailures: [{ itemIdentifier: 'sqs-1' }] });
    expect(database.inbox.size).toBe(0);
    expect(database.outbox).toEqual([]);
    expect(queue.sent).toEqual([]);
    expect(effect).not.toHaveBeenCalled();
  });

  it('succeeds when it comes again', async () => {
    let failures = 1;
    const { handler, queue } = setUp(async (data) => {
      if (failures-- > 0) throw new Error('once');
      return [draftOf(data.text)];
    });
    expect((await handler(eventOf(recordOf(bodyOf())))).batchItemFailures).toHaveLength(1);
    expect(await handler(eventOf(recordOf(bodyOf())))).toEqual(ALL_GOOD);
    expect(queue.sent).toHaveLength(1);
  });

  it('is returned when the commit fails, and nothing is published', async () => {
    const { database, queue, handler } = setUp();
    database.failNext(new Error('connection lost'), 'commit');
    expect((await handler(eventOf(recordOf(bodyOf())))).batchItemFailures).toHaveLength(1);
    expect(queue.sent).toEqual([]);
  });

  it('logs a broken invariant as a bug', async () => {
    const { handler, lines } = setUp(async () => {
      throw new AssertionError('position is the sum of fills');
    });
    expect((await handler(eventOf(recordOf(bodyOf())))).batchItemFailures).toHaveLength(1);
    expect(lines).toContainEqual(expect.objectContaining({ level: 50, bug: true }));
  });

  it('holds back those behind it in its group and no other group', async () => {
    const { handler, handled } = setUp(async (data) => {
      if (data.text === 'bad') throw new Error('bad');
      return [];
    });
    const message = (index: number, group: string, text: string) =>
      recordOf(bodyOf({ id: `note/${index}`, runId: group, data: { text } }), { messageId: `m${index}`, group });
    const response = await handler(
      eventOf(
        message(1, 'run-a', 'good'),
        message(2, 'run-a', 'bad'),
        message(3, 'run-b', 'good'),
        message(4, 'run-a', 'good'),
      ),
    );
    expect(response.batchItemFailures.map((failure) => failure.itemIdentifier)).toEqual(['m2', 'm4']);
    expect(handled).toHaveBeenCalledTimes(3);
  });

  it('fails before the commit when an answer is too large to send', async () => {
    const { database, handler, lines } = setUp(async () => [draftOf(noise(400_000), 'answer/large')]);
    expect((await handler(eventOf(recordOf(bodyOf())))).batchItemFailures).toHaveLength(1);
    expect(database.outbox).toEqual([]);
    expect(JSON.stringify(lines)).toContain('answer/large');
  });
});

describe('an invocation beyond its deadline', () => {
  it('fails the record that hangs and all behind it, and never commits it late', async () => {
    let finish = (): void => undefined;
    const { database, queue, handler, expire } = setUp(async (data) => {
      if (data.text === 'slow') await new Promise<void>((resolve) => (finish = resolve));
      return [draftOf(data.text)];
    });
    const message = (index: number, text: string) =>
      recordOf(bodyOf({ id: `note/${index}`, data: { text } }), { messageId: `m${index}`, group: `g${index}` });
    const response = handler(eventOf(message(1, 'quick'), message(2, 'slow'), message(3, 'quick')));
    await vi.waitUntil(() => queue.sent.length === 1);
    expire();
    expect((await response).batchItemFailures.map((failure) => failure.itemIdentifier)).toEqual(['m2', 'm3']);

    finish();
    await database.transaction(async () => undefined);
    expect([...database.inbox]).toEqual(['ingest/note/1']);
    expect(queue.sent).toHaveLength(1);
  });
});

describe('publishing that fails after the commit', () => {
  it('is not a failure of the message: it stays in the outbox, unpublished', async () => {
    const { database, queue, handler } = setUp(async () => [draftOf('one'), draftOf('two')]);
    queue.failure = new Error('queue away');
    expect(await handler(eventOf(recordOf(bodyOf())))).toEqual(ALL_GOOD);
    expect(database.outbox.map((row) => row.published)).toEqual([false, false]);
  });

  it('leaves a message sent but not marked to the sweeper', async () => {
    const { database, queue, handler } = setUp(async (data) => {
      database.failNext(new Error('connection lost'), 'begin');
      return [draftOf(data.text)];
    });
    expect(await handler(eventOf(recordOf(bodyOf())))).toEqual(ALL_GOOD);
    expect(queue.sent).toHaveLength(1);
    expect(database.outbox).toMatchObject([{ published: false }]);
  });
});
