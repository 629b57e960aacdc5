/**
 * What the system needs of a queue endpoint, asked of the embedded one through the real client.
 */

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GetQueueAttributesCommand, GetQueueUrlCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import {
  peekDeadLetters,
  purgeDeadLetters,
  queueStatus,
  redrive,
} from '../../../local/cli/commands/queues/queue-admin.ts';
import { ensureQueues } from '../../../shared/adapters/sqs/ensure-queues.ts';
import type { ReceivedMessage } from '../../../shared/ports/queue.ts';
import { type QueueSpec, topology } from '../../../shared/topology.ts';
import { note } from '../../support/messages/messages.ts';
import { startTestQueues, type TestQueues } from '../../support/queues/queues.ts';

const NO_WAIT = { max: 1, waitMs: 0 } as const;
const WAIT = { max: 1, waitMs: 2_000 } as const;

let queues: TestQueues;
let spec: QueueSpec;
let runs = 0;
/** A group and a prefix of its own for each test: deduplication remembers the others'. */
let run: string;

beforeAll(async () => {
  queues = await startTestQueues();
  spec = queues.topology.queues.minutes;
});
afterAll(() => queues.stop());
beforeEach(async () => {
  run = `run-${runs++}`;
  for (const QueueName of [spec.queueName, spec.deadLetterName]) {
    const { QueueUrl } = await queues.client.send(new GetQueueUrlCommand({ QueueName }));
    await queues.client.send(new PurgeQueueCommand({ QueueUrl }));
  }
});

const send = (id: string, options: { runId?: string; attempt?: number } = {}) =>
  queues.queue.send(
    { queue: 'minutes', envelope: note({ id: `${run}/${id}`, runId: options.runId ?? run }) },
    options.attempt,
  );
const receive = async (options: { max: number; waitMs: number } = NO_WAIT) => queues.queue.receive('minutes', options);
const remove = (message: ReceivedMessage | undefined) => queues.queue.delete('minutes', message?.receiptHandle ?? '');
const idOf = (message: ReceivedMessage | undefined) =>
  message && (JSON.parse(message.body) as { id: string }).id.slice(run.length + 1);

/** Receives and gives back until so many messages are among the dead. */
async function wearOut(messages = 1): Promise<void> {
  for (let receives = 0; receives < messages * spec.maxReceiveCount; receives += 1) {
    const [message] = await receive();
    await queues.queue.release('minutes', message?.receiptHandle ?? '', 0);
  }
  expect(await receive()).toEqual([]);
}

describe('order', () => {
  it('is kept in a group, one message of it at a time', async () => {
    for (const id of ['1', '2', '3']) await send(id);
    const seen: (string | undefined)[] = [];
    for (let index = 0; index < 3; index += 1) {
      const [message] = await receive();
      expect(await receive()).toEqual([]);
      seen.push(idOf(message));
      await remove(message);
    }
    expect(seen).toEqual(['1', '2', '3']);
  });

  it('of one group does not hold up another', async () => {
    await send('1');
    await send('2', { runId: `${run}-other` });
    expect(idOf((await receive())[0])).toBe('1');
    expect(idOf((await receive())[0])).toBe('2');
  });

  it('is kept after a message was given back', async () => {
    for (const id of ['1', '2']) await send(id);
    const [first] = await receive();
    await queues.queue.release('minutes', first?.receiptHandle ?? '', 0);
    const [again] = await receive();
    expect([idOf(again), again?.receiveCount]).toEqual(['1', 2]);
  });
});

describe('delivery', () => {
  it('carries body, group, count and attributes unchanged', async () => {
    await send('ümläut');
    const [record] = await queues.queue.receiveRecords('minutes', NO_WAIT);
    expect(JSON.parse(record?.body ?? '')).toEqual(note({ id: `${run}/ümläut`, runId: run }));
    expect(record).toMatchObject({
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:minutes.fifo',
      attributes: { MessageGroupId: run, ApproximateReceiveCount: '1' },
      messageAttributes: {
        type: { stringValue: 'note', dataType: 'String' },
        version: { stringValue: '1', dataType: 'Number' },
        traceparent: { stringValue: note().traceparent },
      },
    });
  });

  it('carries characters beyond the basic plane', async () => {
    const envelope = note({ id: `${run}/1`, runId: run, data: { text: '😀 €' } });
    await queues.queue.send({ queue: 'minutes', envelope });
    const [message] = await receive();
    expect(JSON.parse(message?.body ?? '')).toEqual(envelope);
  });

  it('comes again when its visibility timeout ends', async () => {
    await send('1');
    const [first] = await receive();
    await queues.queue.release('minutes', first?.receiptHandle ?? '', 1_000);
    expect(await receive()).toEqual([]);
    const [again] = await receive(WAIT);
    expect([idOf(again), again?.receiveCount]).toEqual(['1', 2]);
  });

  it('wakes a poll that is already waiting', async () => {
    const waiting = receive({ max: 1, waitMs: 20_000 });
    // The endpoint holds the poll once it has answered a later request.
    await queues.queue.receive('orders', NO_WAIT);
    const sentAtMs = performance.now();
    await send('1');
    expect(idOf((await waiting)[0])).toBe('1');
    expect(performance.now() - sentAtMs).toBeLessThan(1_000);
  });

  it('ends a waiting poll at once when it is aborted', async () => {
    const stopping = new AbortController();
    const waiting = queues.queue.receive('minutes', { max: 1, waitMs: 20_000, signal: stopping.signal });
    await queues.queue.receive('orders', NO_WAIT);
    stopping.abort();
    expect(await waiting).toEqual([]);
  });
});

describe('deduplication', () => {
  it('drops a repeat of the same message', async () => {
    await send('1');
    await send('1');
    await remove((await receive())[0]);
    expect(await receive()).toEqual([]);
  });

  it('lets a deliberate resend through', async () => {
    await send('1');
    await remove((await receive())[0]);
    await send('1', { attempt: 1 });
    await send('1', { attempt: 1 });
    await send('1', { attempt: 2 });
    for (const _attempt of [1, 2]) {
      const [message] = await receive();
      expect(idOf(message)).toBe('1');
      await remove(message);
    }
    expect(await receive()).toEqual([]);
  });

  it('works for ids that are too long or have characters the endpoint refuses', async () => {
    for (const id of ['a'.repeat(180), `${'a'.repeat(179)}b`, 'with space', 'with space!']) {
      await send(id);
      await send(id);
    }
    const seen: (string | undefined)[] = [];
    for (let index = 0; index < 4; index += 1) {
      const [message] = await receive();
      seen.push(idOf(message)?.slice(-2));
      await remove(message);
    }
    expect(seen).toEqual(['aa', 'ab', 'ce', 'e!']);
    expect(await receive()).toEqual([]);
  });
});

describe('dead letters', () => {
  it('get a message that failed as often as the topology says, and its group goes on', async () => {
    await send('poison');
    await send('good');
    for (let receives = 1; receives <= spec.maxReceiveCount; receives += 1) {
      const [message] = await receive();
      expect([idOf(message), message?.receiveCount]).toEqual(['poison', receives]);
      await queues.queue.release('minutes', message?.receiptHandle ?? '', 0);
    }
    expect(idOf((await receive())[0])).toBe('good');
    const [depth] = await queueStatus(queues.client, queues.topology);
    expect(depth).toEqual({ queue: 'minutes', waiting: 0, inFlight: 1, dead: 1 });
  });

  it('can be looked at and stay', async () => {
    await send('poison');
    await wearOut();
    const [peeked] = await peekDeadLetters(queues.client, spec, 10);
    expect(peeked).toMatchObject({ groupId: run, body: expect.stringContaining(`${run}/poison`) as unknown });
    expect((await queueStatus(queues.client, queues.topology))[0]?.dead).toBe(1);
  });

  it('go back to their queue in order and group, as often as needed', async () => {
    for (const id of ['a', 'b']) await send(id);
    for (const _round of [1, 2]) {
      await wearOut(2);
      expect(await redrive(queues.client, spec)).toBe(2);
    }
    expect((await queueStatus(queues.client, queues.topology))[0]).toMatchObject({ waiting: 2, dead: 0 });
    const [first] = await receive();
    expect([idOf(first), first?.groupId, first?.receiveCount]).toEqual(['a', run, 1]);
    await remove(first);
    expect(idOf((await receive())[0])).toBe('b');
  });

  it('moves nothing when there are none', async () => {
    expect(await redrive(queues.client, spec)).toBe(0);
  });

  it('can be purged', async () => {
    await send('poison');
    await wearOut();
    expect(await purgeDeadLetters(queues.client, spec)).toBe(1);
    expect((await queueStatus(queues.client, queues.topology))[0]).toMatchObject({ waiting: 0, dead: 0 });
  });
});

describe('refusals', () => {
  it('name the message, its size and the limit when it is too large', async () => {
    // Nothing packs chance any smaller.
    const text = randomBytes(300_000).toString('base64');
    const envelope = note({ id: `${run}/large`, runId: run, data: { text } });
    await expect(queues.queue.send({ queue: 'minutes', envelope })).rejects.toMatchObject({
      name: 'QueueError',
      code: 'MessageTooLarge',
      retryable: false,
      message: expect.stringMatching(/run-\d+\/large has \d{6} bytes and queue minutes\.fifo takes 262144/) as unknown,
    });
  });

  it('of a stale receipt are not retryable', async () => {
    await expect(queues.queue.release('minutes', 'no-such-handle', 1_000)).rejects.toMatchObject({ retryable: false });
  });
});

describe('the queues themselves', () => {
  async function visibilitySeconds(): Promise<string | undefined> {
    const { QueueUrl } = await queues.client.send(new GetQueueUrlCommand({ QueueName: spec.queueName }));
    const wanted = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout'] });
    return (await queues.client.send(wanted)).Attributes?.VisibilityTimeout;
  }

  it('take on changed settings and keep their messages when they are made ready again', async () => {
    await send('1');
    const [held] = await receive();
    await ensureQueues(queues.client, topology('default'));
    expect(await visibilitySeconds()).toBe('60');
    await remove(held);
    await ensureQueues(queues.client, queues.topology);
    expect(await visibilitySeconds()).toBe('3');
    expect((await queueStatus(queues.client, queues.topology))[0]).toMatchObject({ waiting: 0, inFlight: 0 });
  });
});

describe('an endpoint that is away', () => {
  it('is a retryable error that names the queue and the message', async () => {
    const away = await startTestQueues();
    const { queue } = away;
    await away.stop();
    await expect(queue.send({ queue: 'minutes', envelope: note() })).rejects.toMatchObject({
      name: 'QueueError',
      retryable: true,
      queueName: 'minutes.fifo',
      messageId: 'note/run-1/1',
    });
  });
});
