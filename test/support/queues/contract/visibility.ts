/**
 * Contract: how long a message in hand stays out of sight.
 */

import { ChangeMessageVisibilityBatchCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { casesOf, countOf, LOCKED_SECONDS, refusal } from './subject.ts';

/** Timers of an endpoint may be rounded; a message that comes earlier than this came at once. */
const NEARLY_A_SECOND_MS = 800;

export const VISIBILITY_CASES = casesOf('Visibility', {
  async 'a message comes again when its visibility timeout ends'(s) {
    const queue = await s.queue({ VisibilityTimeout: '1' });
    await queue.send('1');
    await queue.one();
    const receivedMs = performance.now();
    const again = await queue.one();
    expect([again.Body, countOf(again)]).toEqual(['1', 2]);
    expect(performance.now() - receivedMs).toBeGreaterThan(NEARLY_A_SECOND_MS);
  },
  async 'a receive may have a visibility timeout of its own'(s) {
    const queue = await s.queue();
    await queue.send('1');
    await queue.one({ visibilitySeconds: 1 });
    expect((await queue.one()).Body).toBe('1');
  },
  async 'ChangeMessageVisibility makes it longer'(s) {
    const queue = await s.queue();
    await queue.send('1');
    const held = await queue.one({ visibilitySeconds: 5 });
    await queue.hide(held, LOCKED_SECONDS);
    expect(await queue.texts({ waitSeconds: 6 })).toEqual([]);
  },
  async 'ChangeMessageVisibility with 0 gives the message back at once'(s) {
    const queue = await s.queue();
    await queue.send('1');
    await queue.hide(await queue.one(), 0);
    expect(await queue.texts({ waitSeconds: 1 })).toEqual(['1']);
  },
  async 'a batch of changes is answered entry by entry'(s) {
    const queue = await s.queue();
    await queue.send('1');
    const { ReceiptHandle } = await queue.one();
    const Entries = [
      { Id: 'good', ReceiptHandle, VisibilityTimeout: 0 },
      { Id: 'bad', ReceiptHandle: 'no-such-handle', VisibilityTimeout: 0 },
    ];
    const answer = await s.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue.url, Entries }));
    expect([answer.Successful?.map(({ Id }) => Id), answer.Failed?.map(({ Id }) => Id)]).toEqual([['good'], ['bad']]);
    expect((await queue.one()).Body).toBe('1');
  },
  async 'a receipt handle that has expired deletes nothing'(s) {
    const queue = await s.queue();
    await queue.send('1');
    const late = await queue.one({ visibilitySeconds: 1 });
    await pause(1_500);
    expect(await refusal(queue.delete(late))).toMatch(/^(InvalidParameterValue|ReceiptHandleIsInvalid)/);
    expect((await queue.one()).Body).toBe('1');
  },
  async 'changed settings count from the next receive'(s) {
    const queue = await s.queue();
    await queue.send('1');
    const Attributes = { VisibilityTimeout: '1' };
    await s.client.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes }));
    expect((await queue.attributes()).VisibilityTimeout).toBe('1');
    await queue.one();
    expect((await queue.one()).Body).toBe('1');
  },
});
