/**
 * The batch wrapper: what is parked in quarantine, what is tried again, what ends in the dead letters.
 */

import { describe, expect, it } from 'vitest';
import { createMemoryDatabase } from '../../../support/memory/memory-database.ts';
import { createMemoryQueue } from '../../../support/memory/memory-queue.ts';
import { AssertionError } from '../../../../shared/domain/units/units.ts';
import { RefusedMessageError, route } from '../../../../shared/ports/handler.ts';
import { sqsHandler } from '../../../../shared/runtime/sqs-handler.ts';
import { eventOf, noteV1, noteV2, recordOf } from '../../../support/messages/messages.ts';
import { ALL_GOOD, bodyOf, draftOf, fakeClock, logLines, setUp } from '../../../support/messages/wrapper-bench.ts';

describe('a message nobody can take', () => {
  const CASES = [
    ['broken JSON', '{"type":', { reason: 'malformed-json', field: 'body' }],
    ['an empty body', '', { reason: 'malformed-json', field: 'body' }],
    ['a list', '[1,2]', { reason: 'not-an-object', field: 'body', value: '[1,2]' }],
    ['null', 'null', { reason: 'not-an-object', value: 'null' }],
    ['no type', '{}', { reason: 'unknown-type', field: 'type', value: 'absent', fix: 'This queue takes: note.' }],
    ['an unknown type', bodyOf({ type: 'gossip' }), { reason: 'unknown-type', value: '"gossip"' }],
    ['a wrong field', bodyOf({ data: { text: 7 } }), { reason: 'schema', field: 'data.text', value: '7' }],
    ['a missing field', bodyOf({ data: {} }), { reason: 'schema', field: 'data.text', value: 'absent' }],
    ['an unknown field', bodyOf({ data: { text: 'a', b: 1 } }), { reason: 'schema', field: 'data' }],
    ['a wrong run id', bodyOf({ runId: '../x' }), { reason: 'schema', field: 'runId', value: '"../x"' }],
    ['a NUL character', bodyOf({ data: { text: 'a\0b' } }), { reason: 'nul-character' }],
    ['too many bytes', bodyOf({ data: { text: 'é'.repeat(131_072) } }), { reason: 'oversized', field: 'body' }],
  ] as const;

  it.each(CASES)('is parked with its reason and not retried: %s', async (_name, body, expected) => {
    const { database, handler, handled } = setUp();
    expect(await handler(eventOf(recordOf(body)))).toEqual(ALL_GOOD);
    expect(database.quarantine).toMatchObject([{ source: 'minutes.fifo', ...expected }]);
    expect(handled).not.toHaveBeenCalled();
    expect(database.inbox.size).toBe(0);
  });

  it('names the versions it knows when the version is unknown', async () => {
    const database = createMemoryDatabase();
    const routes = [route(noteV1, async () => []), route(noteV2, async () => [])];
    const { clock } = fakeClock();
    const { logger } = logLines();
    const handler = sqsHandler({ consumer: 'ingest', routes, database, queue: createMemoryQueue(), clock, logger });
    await handler(eventOf(recordOf(bodyOf({ version: 3 }))));
    const fix = 'Send note in a version this release knows (1, 2), or update the consumer first.';
    expect(database.quarantine).toMatchObject([{ reason: 'unknown-version', field: 'version', value: '3', fix }]);
  });

  it('does not hold up the good ones behind it', async () => {
    const { database, queue, handler } = setUp();
    const response = await handler(
      eventOf(recordOf('junk', { messageId: 'm1' }), recordOf(bodyOf(), { messageId: 'm2' })),
    );
    expect(response).toEqual(ALL_GOOD);
    expect(database.quarantine).toHaveLength(1);
    expect(queue.sent).toHaveLength(1);
  });

  it('is returned for redelivery when the quarantine cannot be written', async () => {
    const { database, handler } = setUp();
    database.failNext(new Error('database away'));
    expect((await handler(eventOf(recordOf('junk')))).batchItemFailures).toHaveLength(1);
    expect(database.quarantine).toEqual([]);
  });

  it('keeps at most 256 KiB of what arrived', async () => {
    const { database, handler } = setUp();
    await handler(eventOf(recordOf(`junk ${'é'.repeat(200_000)}`)));
    expect(Buffer.byteLength(database.quarantine[0]?.body ?? '')).toBeLessThanOrEqual(256 * 1024 + 2);
  });
});

describe('a message that is permanently bad for its handler', () => {
  const REFUSAL = { reason: 'late', field: 'data.minuteIndex', value: '7', fix: 'Nothing to do.' };
  const refusing = () =>
    setUp(async (data) => {
      if (data.text === 'bad') throw new RefusedMessageError(REFUSAL);
      return [draftOf(data.text)];
    });
  const broken = () =>
    setUp(async () => {
      throw new AssertionError('a sale does not exceed the position');
    });
  const last = { deliveries: 5, envelopeId: 'note/run-1/1' };

  it('is parked at once when the handler refuses it, and nothing of it is committed', async () => {
    const { database, handler } = refusing();
    expect(await handler(eventOf(recordOf(bodyOf({ data: { text: 'bad' } }))))).toEqual(ALL_GOOD);
    expect(database.quarantine).toMatchObject([{ ...REFUSAL, source: 'minutes.fifo' }]);
    expect(database.inbox.size).toBe(0);
  });

  it('does not hold up the good ones behind it in its group', async () => {
    const { database, queue, handler } = refusing();
    const [bad, good] = ['bad', 'good'].map((text, at) =>
      recordOf(bodyOf({ id: `note/${text}`, data: { text } }), { messageId: `m${at}` }),
    );
    expect(await handler(eventOf(bad!, good!))).toEqual(ALL_GOOD);
    expect(queue.sent.map(({ envelope }) => envelope.id)).toEqual(['answer/good']);
    expect(database.quarantine).toHaveLength(1);
  });

  it('is tried again while an invariant breaks, and parked when it broke at every delivery', async () => {
    const { database, handler, lines } = broken();
    for (const deliveries of [1, 2, 3, 4]) {
      const { batchItemFailures } = await handler(eventOf(recordOf(bodyOf(), { deliveries })));
      expect(batchItemFailures).toHaveLength(1);
    }
    expect(database.quarantine).toEqual([]);
    expect(await handler(eventOf(recordOf(bodyOf(), last)))).toEqual(ALL_GOOD);
    expect(database.quarantine).toMatchObject([
      { reason: 'broken-invariant', value: 'a sale does not exceed the position', message: { runId: 'run-1' } },
    ]);
    expect(lines.filter(({ bug }) => bug)).toHaveLength(5);
  });

  it('goes to the dead letters when what stopped it is unknown', async () => {
    const { database, handler } = setUp(async () => {
      throw new Error('who knows');
    });
    expect((await handler(eventOf(recordOf(bodyOf(), last)))).batchItemFailures).toHaveLength(1);
    expect(database.quarantine).toEqual([]);
  });

  it('goes to the dead letters when the quarantine cannot be written either', async () => {
    const { database, handler } = broken();
    // The second transaction of the delivery is the parking.
    const transaction = database.transaction.bind(database);
    let transactions = 0;
    database.transaction = (work) => {
      transactions += 1;
      return transactions === 2 ? Promise.reject(new Error('database away')) : transaction(work);
    };
    expect((await handler(eventOf(recordOf(bodyOf(), last)))).batchItemFailures).toHaveLength(1);
  });
});

describe('what is known of a parked message', () => {
  it('is its run and the id beside the body, though the body is damaged', async () => {
    const { database, handler } = setUp();
    await handler(eventOf(recordOf('{"id":', { envelopeId: 'minute/run-1/20250103/7', messageId: 'm1' })));
    expect(database.quarantine[0]?.message).toEqual({
      runId: 'run-1',
      messageId: 'minute/run-1/20250103/7',
      deliveryId: 'm1',
    });
  });

  it('is its deduplication id where an older release sent no id beside the body', async () => {
    const { database, handler } = setUp();
    const record = recordOf('junk');
    const attributes = { ...record.attributes, MessageDeduplicationId: 'minute/run-1/20250103/7~1735914600000' };
    await handler(eventOf({ ...record, attributes }));
    expect(database.quarantine[0]?.message?.messageId).toBe('minute/run-1/20250103/7');
  });

  it('counts each copy once, however often it is delivered', async () => {
    const { database, handler } = setUp();
    const copy = (messageId: string, deliveries: number) => recordOf('junk', { messageId, deliveries });
    for (const record of [copy('m1', 1), copy('m1', 2), copy('m2', 1)]) await handler(eventOf(record));
    expect(database.quarantine.map(({ message }) => message?.deliveryId)).toEqual(['m1', 'm2']);
  });
});
