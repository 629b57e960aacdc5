/**
 * Contract: the order of messages in a group, groups beside each other, and what a failure does to both.
 */

import { DeleteMessageBatchCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { casesOf, countOf } from './subject.ts';

export const ORDER_CASES = casesOf('Order', {
  async 'a group comes in the order of its sending'(s) {
    const queue = await s.queue();
    await queue.sendAll(['1', '2', '3', '4']);
    expect(await queue.drainedTexts()).toEqual(['1', '2', '3', '4']);
  },
  async 'a group gives nothing more while a message of it is in flight'(s) {
    const queue = await s.queue();
    await queue.sendAll(['1', '2']);
    expect((await queue.one()).Body).toBe('1');
    expect(await queue.texts()).toEqual([]);
  },
  async 'other groups go on meanwhile'(s) {
    const queue = await s.queue();
    await queue.sendAll(['a1', 'a2'], { group: 'a' });
    await queue.sendAll(['b1', 'b2'], { group: 'b' });
    expect((await queue.one()).Body).toBe('a1');
    const other = await queue.one();
    expect(other.Body).toBe('b1');
    await queue.delete(other);
    expect((await queue.one()).Body).toBe('b2');
  },
  async 'one receive may hold several messages of a group, in order'(s) {
    const queue = await s.queue();
    await queue.sendAll(['1', '2', '3']);
    expect(await queue.texts({ waitSeconds: 1 })).toEqual(['1', '2', '3']);
  },
  async 'sequence numbers rise within a group'(s) {
    const queue = await s.queue();
    await queue.sendAll(['1', '2', '3']);
    const numbers = (await queue.drained()).map(({ Attributes }) => BigInt(Attributes?.SequenceNumber ?? 0));
    expect(numbers).toHaveLength(3);
    expect(numbers[0]! < numbers[1]! && numbers[1]! < numbers[2]!).toBe(true);
  },
});

export const PARTIAL_FAILURE_CASES = casesOf('Partial failure', {
  async 'a group stays locked until the last of its messages in flight is settled'(s) {
    const queue = await s.queue();
    await queue.sendAll(['1', '2', '3']);
    const [first] = await queue.receive({ max: 2 });
    await queue.delete(first);
    expect(await queue.texts()).toEqual([]);
  },
  async 'a message that was given back comes before its followers'(s) {
    const queue = await s.queue();
    await queue.sendAll(['1', '2']);
    await queue.fail(1);
    const again = await queue.one();
    expect([again.Body, countOf(again)]).toEqual(['1', 2]);
  },
  async 'a batch that was given back comes again whole and in order'(s) {
    const queue = await s.queue();
    await queue.sendAll(['1', '2', '3']);
    for (const message of await queue.receive()) await queue.hide(message, 0);
    expect(await queue.texts({ waitSeconds: 1 })).toEqual(['1', '2', '3']);
  },
  async 'the failed message and those behind it come again, the other group is done'(s) {
    const queue = await s.queue();
    await queue.sendAll(['a1', 'a2', 'a3'], { group: 'a' });
    await queue.send('b1', { group: 'b' });
    for (const message of await queue.receive()) {
      await (['a1', 'b1'].includes(message.Body ?? '') ? queue.delete(message) : queue.hide(message, 0));
    }
    expect(await queue.texts({ waitSeconds: 1 })).toEqual(['a2', 'a3']);
  },
  async 'a batch of deletes is answered entry by entry'(s) {
    const queue = await s.queue();
    await queue.send('1');
    const { ReceiptHandle } = await queue.one();
    const Entries = [
      { Id: 'good', ReceiptHandle },
      { Id: 'bad', ReceiptHandle: 'no-such-handle' },
    ];
    const answer = await s.client.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['good']);
    expect(answer.Failed?.map(({ Id, Code }) => [Id, Code])).toEqual([['bad', 'ReceiptHandleIsInvalid']]);
  },
});
