/**
 * Contract: counting, purging, and a restart of the endpoint.
 */

import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { type CaseName, casesOf, countOf, type Subject, type SubjectQueue } from './subject.ts';

async function counts(queue: SubjectQueue): Promise<(string | undefined)[]> {
  const attributes = await queue.attributes();
  return [attributes.ApproximateNumberOfMessages, attributes.ApproximateNumberOfMessagesNotVisible];
}

export const UPKEEP_CASES = casesOf('Purge and counts', {
  async 'a queue counts what waits and what is in flight'(s) {
    const queue = await s.queue();
    await queue.send('a', { group: 'a' });
    await queue.sendAll(['b', 'c'], { group: 'b' });
    await queue.one();
    expect(await counts(queue)).toEqual(['2', '1']);
  },
  async 'a purge takes what waits and what is in flight'(s) {
    const queue = await s.queue();
    await queue.sendAll(['1', '2']);
    await queue.one();
    await s.client.send(new PurgeQueueCommand({ QueueUrl: queue.url }));
    expect(await counts(queue)).toEqual(['0', '0']);
    expect(await queue.texts({ waitSeconds: 1 })).toEqual([]);
  },
  async 'a purged queue takes messages again, also of the group that was in flight'(s) {
    const queue = await s.queue();
    await queue.send('old');
    await queue.one();
    await s.client.send(new PurgeQueueCommand({ QueueUrl: queue.url }));
    await queue.send('new');
    expect((await queue.one()).Body).toBe('new');
  },
});

/** A case in two halves: what it does before the restart, and what must hold after it. */
export interface RestartCase extends CaseName {
  readonly arrange: (subject: Subject) => Promise<() => Promise<void>>;
}

const RESTARTS: Readonly<Record<string, RestartCase['arrange']>> = {
  async 'keeps messages that wait, in order'(s) {
    const queue = await s.queue();
    await queue.sendAll(['1', '2']);
    return async () => {
      expect(await queue.drainedTexts()).toEqual(['1', '2']);
    };
  },
  async 'keeps a group locked whose message is in flight, and its receipt handle good'(s) {
    const queue = await s.queue({ VisibilityTimeout: '3600' });
    await queue.sendAll(['1', '2']);
    const held = await queue.one();
    return async () => {
      expect(await queue.texts()).toEqual([]);
      await queue.delete(held);
      expect((await queue.one()).Body).toBe('2');
    };
  },
  async 'gives back a message in flight when its time is up, with its count'(s) {
    const queue = await s.queue({ VisibilityTimeout: '2' });
    await queue.send('1');
    await queue.one();
    return async () => {
      const again = await queue.one();
      expect([again.Body, countOf(again)]).toEqual(['1', 2]);
    };
  },
  async 'keeps dead letters, and what makes them'(s) {
    const { queue, dead } = await s.queueWithDeadLetters(1);
    await queue.sendAll(['poison', 'more-poison']);
    await queue.fail(1);
    return async () => {
      await queue.fail(1);
      expect(await queue.texts()).toEqual([]);
      expect(await dead.drainedTexts()).toEqual(['poison', 'more-poison']);
    };
  },
  async 'keeps deduplication ids'(s) {
    const queue = await s.queue();
    await queue.send('1');
    return async () => {
      await queue.send('1');
      expect(await queue.drainedTexts()).toEqual(['1']);
    };
  },
  async 'goes on with higher sequence numbers'(s) {
    const queue = await s.queue();
    const before = await queue.send('1');
    return async () => {
      const after = await queue.send('2');
      expect(BigInt(after.SequenceNumber ?? 0) > BigInt(before.SequenceNumber ?? 0)).toBe(true);
    };
  },
};

/** A service that is never restarted keeps them by itself. */
export const RESTART_CASES: readonly RestartCase[] = Object.entries(RESTARTS).map(([name, arrange]) => ({
  topic: 'Restart',
  name,
  arrange,
}));
