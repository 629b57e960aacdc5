/**
 * What comes back from dead letters and quarantine, on the embedded endpoint: nothing is lost wherever it is cut off.
 */

import { GetQueueUrlCommand, PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { movesSafely } from '../../../local/cli/commands/queues/move-task.ts';
import { sendParked } from '../../../local/cli/commands/queues/quarantine.ts';
import { peekDeadLetters, queueStatus, redrive } from '../../../local/cli/commands/queues/queue-admin.ts';
import { createSqsClient, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../shared/adapters/sqs/client.ts';
import type { QuarantineRow } from '../../../shared/ports/repositories/messages.ts';
import { startTestQueues, type TestQueues } from '../../support/queues/queues.ts';

let queues: TestQueues;
let drills = 0;

beforeAll(async () => {
  queues = await startTestQueues();
});
afterAll(() => queues.stop());
beforeEach(async () => {
  drills += 1;
  for (const name of [spec().queueName, spec().deadLetterName]) {
    await queues.client.send(new PurgeQueueCommand({ QueueUrl: await urlOf(name) }));
  }
});

const spec = () => queues.topology.queues.minutes;
const depth = async () => (await queueStatus(queues.client, queues.topology))[0];
const urlOf = async (QueueName: string) => (await queues.client.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;

async function die(text: string): Promise<void> {
  await queues.client.send(
    new SendMessageCommand({
      QueueUrl: await urlOf(spec().deadLetterName),
      MessageBody: text,
      MessageGroupId: `run-${drills}`,
      MessageDeduplicationId: `${drills}-${text}`,
      MessageAttributes: { id: { DataType: 'String', StringValue: `id-of-${text}` } },
    }),
  );
}

/** A client whose process dies before it sends a command of this name. */
function dyingBefore(name: string) {
  const access = { endpoint: queues.server.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const client = createSqsClient(access);
  client.middlewareStack.add(
    (next, context) => (args) => {
      if (context['commandName'] === name) throw new Error('killed');
      return next(args);
    },
    { step: 'initialize' },
  );
  return client;
}

/** Takes what waits, oldest first. */
async function taken(): Promise<{ body: string; id: string | undefined }[]> {
  const all: { body: string; id: string | undefined }[] = [];
  for (;;) {
    const [record] = await queues.queue.receiveRecords('minutes', { max: 1, waitMs: 0 });
    if (record === undefined) return all;
    all.push({ body: record.body, id: record.messageAttributes['id']?.stringValue });
    await queues.queue.delete('minutes', record.receiptHandle);
  }
}

describe('a redrive', () => {
  it('moves what was there in order, with what travels beside the body', async () => {
    for (const text of ['a', 'b', 'c']) await die(text);
    expect(await redrive(queues.client, spec())).toBe(3);
    expect(await taken()).toEqual(['a', 'b', 'c'].map((body) => ({ body, id: `id-of-${body}` })));
    expect(await depth()).toMatchObject({ waiting: 0, dead: 0 });
  });

  it('that is killed between copy and delete has lost nothing', async () => {
    for (const text of ['a', 'b']) await die(text);
    const dying = dyingBefore('DeleteMessageCommand');
    await expect(redrive(dying, spec())).rejects.toThrow('killed');
    dying.destroy();
    expect(await depth()).toMatchObject({ waiting: 1, dead: 2 });
    expect(await taken()).toEqual([{ body: 'a', id: 'id-of-a' }]);
  });

  it('that is killed before the copy has lost nothing', async () => {
    await die('a');
    const dying = dyingBefore('SendMessageCommand');
    await expect(redrive(dying, spec())).rejects.toThrow('killed');
    dying.destroy();
    expect(await depth()).toMatchObject({ waiting: 0, dead: 1 });
  });

  it('finds what was peeked at a moment before', async () => {
    await die('a');
    for (let looks = 0; looks < 3; looks += 1) expect(await peekDeadLetters(queues.client, spec(), 10)).toHaveLength(1);
    expect(await redrive(queues.client, spec())).toBe(1);
  });

  it.each([
    ['https://sqs.eu-central-1.amazonaws.com/123456789012/minutes-dlq.fifo', true],
    ['https://sqs.cn-north-1.amazonaws.com.cn/123456789012/minutes-dlq.fifo', true],
    ['http://127.0.0.1:4566/000000000000/minutes-dlq.fifo', false],
    ['http://sqs.us-east-1.localhost.localstack.cloud:4566/000000000000/minutes-dlq.fifo', false],
    ['http://amazonaws.com.example.org/minutes-dlq.fifo', false],
  ])('leaves it to the service only where that loses nothing: %s', (url, expected) => {
    expect(movesSafely(url)).toBe(expected);
  });
});

describe('a parked message that is sent back', () => {
  function parkedRow(id: number, overrides: Partial<QuarantineRow> = {}): QuarantineRow {
    return {
      id,
      source: spec().queueName,
      reason: 'unknown-version',
      field: 'version',
      value: '7',
      fix: 'update the consumer',
      body: `parked ${id}`,
      message: { runId: `run-${drills}`, messageId: `minute/${id}`, deliveryId: `d-${id}` },
      parkedAtMs: drills,
      redrivenAtMs: null,
      ...overrides,
    };
  }
  const sendBack = (rows: readonly QuarantineRow[], mark: (id: number) => Promise<void> = async () => undefined) =>
    sendParked(rows, { client: queues.client, topology: queues.topology, mark });

  it('arrives as it came, oldest first, under its own id', async () => {
    expect(await sendBack([parkedRow(101), parkedRow(102)])).toEqual({ sent: [101, 102], kept: [] });
    expect(await taken()).toEqual([101, 102].map((id) => ({ body: `parked ${id}`, id: `minute/${id}` })));
  });

  it('arrives once, though the one who sent it died before he had noted it', async () => {
    const dying = async () => {
      throw new Error('killed');
    };
    await expect(sendBack([parkedRow(201)], dying)).rejects.toThrow('killed');
    await sendBack([parkedRow(201)]);
    expect(await taken()).toHaveLength(1);
  });

  it('arrives again when it is sent back on purpose after another fix', async () => {
    await sendBack([parkedRow(301)]);
    await sendBack([parkedRow(301, { redrivenAtMs: 5 })]);
    expect(await taken()).toHaveLength(2);
  });

  it('stays where it could not be meant, with the reason', async () => {
    const { message: _, ...ofFile } = parkedRow(401, { source: 'AAPL.csv:7' });
    const rows = [
      ofFile,
      parkedRow(402, { source: 'gone.fifo' }),
      parkedRow(403, { reason: 'oversized' }),
      parkedRow(404, { reason: 'nul-character' }),
    ];
    const { sent, kept } = await sendBack(rows);
    expect(sent).toEqual([]);
    expect(kept.map(({ id, why }) => `${id} ${why}`)).toEqual([
      '401 it is the row of a file: correct the file and load it again',
      '402 no queue here is called gone.fifo',
      '403 it is larger than its queue takes',
      '404 its NUL character is one that no part can store',
    ]);
    expect(await taken()).toEqual([]);
  });
});
