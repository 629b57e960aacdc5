/**
 * Contract: receive counts, messages that never succeed, their innocent followers, and the way back.
 */

import { setTimeout as pause } from 'node:timers/promises';
import {
  DeleteMessageCommand,
  ListMessageMoveTasksCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { casesOf, countOf, type SubjectQueue } from './subject.ts';

const MOVE_CHECKS_MAX = 100;
const MOVE_CHECK_MS = 100;

export const DEAD_LETTER_CASES = casesOf('Dead letters', {
  async 'the receive count rises by one with each receive, from one first time on'(s) {
    const queue = await s.queue();
    await queue.send('1');
    const first = await queue.one();
    await queue.hide(first, 0);
    const second = await queue.one();
    expect([countOf(first), countOf(second)]).toEqual([1, 2]);
    const firstTime = first.Attributes?.ApproximateFirstReceiveTimestamp;
    expect(second.Attributes?.ApproximateFirstReceiveTimestamp).toBe(firstTime);
    expect(Math.abs(Number(firstTime) - Number(first.Attributes?.SentTimestamp))).toBeLessThan(60_000);
  },
  async 'get a message after its last receive, with its group, body and attributes'(s) {
    const { queue, dead } = await s.queueWithDeadLetters(2);
    const MessageAttributes = { type: { DataType: 'String', StringValue: 'note' } };
    await queue.send('poison', { group: 'a', MessageAttributes });
    await queue.fail(2);
    expect(await queue.texts()).toEqual([]);
    const letter = await dead.one();
    expect([letter.Body, letter.Attributes?.MessageGroupId]).toEqual(['poison', 'a']);
    expect(letter.MessageAttributes?.['type']?.StringValue).toBe('note');
  },
  async 'are named in the letter by the queue they come from'(s) {
    const { queue, dead } = await s.queueWithDeadLetters(1);
    await queue.send('poison');
    await queue.fail(1);
    await queue.texts();
    expect((await dead.one()).Attributes?.DeadLetterQueueSourceArn).toBe(await queue.arn());
  },
  async 'are distinguished by the id of their message, whatever their deduplication id was'(s) {
    const { queue, dead } = await s.queueWithDeadLetters(1);
    const { MessageId } = await queue.send('poison', { deduplicationId: 'id' });
    await queue.fail(1);
    await queue.texts();
    expect((await dead.one()).Attributes?.MessageDeduplicationId).toBe(MessageId);
  },
  async 'the group goes on behind one'(s) {
    const { queue, dead } = await s.queueWithDeadLetters(2);
    await queue.sendAll(['poison', 'good']);
    await queue.fail(2);
    expect((await queue.one()).Body).toBe('good');
    expect((await dead.one()).Body).toBe('poison');
  },
});

export const POISON_CASES = casesOf('Poison', {
  async 'leaves its followers untouched where they are received one at a time'(s) {
    const { queue, dead } = await s.queueWithDeadLetters(3);
    await queue.sendAll(['poison', 'good', 'better']);
    await queue.fail(3);
    const good = await queue.one();
    await queue.delete(good);
    const better = await queue.one();
    expect([good.Body, countOf(good), better.Body, countOf(better)]).toEqual(['good', 1, 'better', 1]);
    expect(await dead.texts({ waitSeconds: 1 })).toEqual(['poison']);
  },
  async 'takes innocent followers along where they are received with it'(s) {
    const { queue, dead } = await s.queueWithDeadLetters(3);
    await queue.sendAll(['poison', 'good']);
    for (let time = 0; time < 3; time += 1) {
      for (const message of await queue.receive({ waitSeconds: 5 })) await queue.hide(message, 0);
    }
    expect(await queue.texts()).toEqual([]);
    expect(await dead.texts({ waitSeconds: 1 })).toEqual(['poison', 'good']);
  },
  async 'in one group leaves other groups alone'(s) {
    const { queue } = await s.queueWithDeadLetters(2);
    await queue.send('poison', { group: 'a' });
    await queue.hide(await queue.one(), 0);
    await queue.send('good', { group: 'b' });
    const seen = await queue.receive({ waitSeconds: 1 });
    expect(seen.map((message) => [message.Body, countOf(message)])).toContainEqual(['good', 1]);
  },
});

export const REDRIVE_CASES = casesOf('Redrive', {
  async 'a move task brings dead letters back, in order and group, with a count of their own'(s) {
    const { queue, dead } = await s.queueWithDeadLetters(1);
    await killed(queue, ['1', '2']);
    await s.client.send(new StartMessageMoveTaskCommand({ SourceArn: await dead.arn() }));
    await settled(dead);
    const first = await queue.one();
    await queue.delete(first);
    expect([first.Body, first.Attributes?.MessageGroupId, countOf(first)]).toEqual(['1', 'g', 1]);
    expect((await queue.one()).Body).toBe('2');
  },
  async 'copied and then deleted they come back in order and group as well'(s) {
    const { queue, dead } = await s.queueWithDeadLetters(1);
    await killed(queue, ['1', '2']);
    for (const _letter of ['1', '2']) await copyBack(await dead.one(), { from: dead, to: queue });
    const first = await queue.one();
    await queue.delete(first);
    expect([first.Body, first.Attributes?.MessageGroupId, countOf(first)]).toEqual(['1', 'g', 1]);
    expect((await queue.one()).Body).toBe('2');
    expect(await dead.texts()).toEqual([]);
  },
});

async function killed(queue: SubjectQueue, texts: readonly string[]): Promise<void> {
  await queue.sendAll(texts);
  await queue.fail(texts.length);
  expect(await queue.texts()).toEqual([]);
}

/** Under another deduplication id: the queue remembers the first. */
async function copyBack(
  letter: Awaited<ReturnType<SubjectQueue['one']>>,
  { from, to }: { from: SubjectQueue; to: SubjectQueue },
): Promise<void> {
  const copy = {
    QueueUrl: to.url,
    MessageBody: letter.Body,
    MessageGroupId: letter.Attributes?.MessageGroupId,
    MessageDeduplicationId: `again-${letter.MessageId}`,
  };
  await from.client.send(new SendMessageCommand(copy));
  await from.client.send(new DeleteMessageCommand({ QueueUrl: from.url, ReceiptHandle: letter.ReceiptHandle }));
}

async function settled(dead: SubjectQueue): Promise<void> {
  const SourceArn = await dead.arn();
  for (let check = 0; check < MOVE_CHECKS_MAX; check += 1) {
    const { Results = [] } = await dead.client.send(new ListMessageMoveTasksCommand({ SourceArn }));
    if (Results[0]?.Status === 'COMPLETED') return;
    await pause(MOVE_CHECK_MS);
  }
  throw new Error('the move task did not complete');
}
