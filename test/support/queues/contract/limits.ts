/**
 * Contract: sizes, batches and what is refused.
 */

import { CreateQueueCommand, GetQueueUrlCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { casesOf, refusal } from './subject.ts';

const BYTES_MAX = 262_144;
const MAXIMUM = { MaximumMessageSize: String(BYTES_MAX) };

function batch(client: SQSClient, QueueUrl: string, ids: readonly string[], body = 'x') {
  const Entries = ids.map((Id, at) => ({
    Id,
    MessageBody: `${at}${body}`,
    MessageGroupId: 'g',
    MessageDeduplicationId: `${at}`,
  }));
  return client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
}

const ids = (count: number) => Array.from({ length: count }, (_, at) => `id-${at}`);

export const LIMIT_CASES = casesOf('Limits', {
  async 'a batch takes 10 messages, in order'(s) {
    const queue = await s.queue();
    expect((await batch(s.client, queue.url, ids(10), '')).Successful).toHaveLength(10);
    expect(await queue.drainedTexts()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  },
  async 'and not 11'(s) {
    const queue = await s.queue();
    expect(await refusal(batch(s.client, queue.url, ids(11)))).toBe('TooManyEntriesInBatchRequest');
  },
  async 'and not none'(s) {
    const queue = await s.queue();
    expect(await refusal(batch(s.client, queue.url, []))).toBe('EmptyBatchRequest');
  },
  async 'and no entry twice'(s) {
    const queue = await s.queue();
    expect(await refusal(batch(s.client, queue.url, ['id', 'id']))).toBe('BatchEntryIdsNotDistinct');
  },
  async 'a message may have as many bytes as the queue takes, and not one more'(s) {
    const queue = await s.queue(MAXIMUM);
    await queue.send('x'.repeat(BYTES_MAX), { deduplicationId: '1' });
    const tooLarge = queue.send('x'.repeat(BYTES_MAX + 1), { deduplicationId: '2' });
    expect(await refusal(tooLarge)).toBe('InvalidParameterValue');
    expect((await queue.one()).Body).toHaveLength(BYTES_MAX);
  },
  async 'attributes count as bytes'(s) {
    const queue = await s.queue(MAXIMUM);
    const MessageAttributes = { type: { DataType: 'String', StringValue: 'note' } };
    const sent = queue.send('x'.repeat(BYTES_MAX - 10), { deduplicationId: '1', MessageAttributes });
    expect(await refusal(sent)).toBe('InvalidParameterValue');
  },
  async 'a receive takes at least 1 message'(s) {
    const queue = await s.queue();
    expect(await refusal(queue.receive({ max: 0 }))).toBe('InvalidParameterValue');
  },
  async 'and at most 10'(s) {
    const queue = await s.queue();
    expect(await refusal(queue.receive({ max: 11 }))).toBe('InvalidParameterValue');
  },
  async 'and waits at most 20 seconds'(s) {
    const queue = await s.queue();
    await queue.send('1');
    expect(await refusal(queue.receive({ waitSeconds: 21 }))).toBe('InvalidParameterValue');
  },
  async 'a visibility timeout is at most 12 hours'(s) {
    const queue = await s.queue();
    await queue.send('1');
    const held = await queue.one();
    expect(await refusal(queue.hide(held, 43_201))).toBe('InvalidParameterValue');
    await queue.hide(held, 40_000);
  },
  async 'a message without a group is refused'(s) {
    const queue = await s.queue();
    expect(await refusal(queue.send('1', { MessageGroupId: undefined }))).toBe('MissingParameter');
  },
  async 'a character that no XML has is refused'(s) {
    const queue = await s.queue();
    expect(await refusal(queue.send('\u0001', { deduplicationId: 'id' }))).toBe('InvalidMessageContents');
  },
  async 'a delete by a receipt handle that was never given is refused'(s) {
    const queue = await s.queue();
    expect(await refusal(queue.delete({ ReceiptHandle: 'no-such-handle' }))).toBe('ReceiptHandleIsInvalid');
  },
  async 'so is a change of visibility'(s) {
    const queue = await s.queue();
    expect(await refusal(queue.hide({ ReceiptHandle: 'no-such-handle' }, 0))).toBe('ReceiptHandleIsInvalid');
  },
  async 'a queue that is not there is named as that'(s) {
    expect(await refusal(s.client.send(new GetQueueUrlCommand({ QueueName: 'nowhere.fifo' })))).toMatch(
      /^(QueueDoesNotExist|NonExistentQueue)$/,
    );
  },
  async 'a queue is made again when its settings are the same, and refused when they are not'(s) {
    const queue = await s.queue();
    const make = (VisibilityTimeout: string) =>
      s.client.send(
        new CreateQueueCommand({ QueueName: queue.name, Attributes: { FifoQueue: 'true', VisibilityTimeout } }),
      );
    const { VisibilityTimeout = '' } = await queue.attributes();
    expect((await make(VisibilityTimeout)).QueueUrl).toBe(queue.url);
    expect(await refusal(make('7'))).toMatch(/^(QueueNameExists|QueueAlreadyExists)$/);
  },
});
