/**
 * Contract: what counts as a repeat.
 */

import { expect } from 'vitest';
import { casesOf, refusal } from './subject.ts';

export const DEDUPLICATION_CASES = casesOf('Deduplication', {
  async 'a repeat of an id is acknowledged and dropped'(s) {
    const queue = await s.queue();
    await queue.send('first', { deduplicationId: 'id' });
    expect((await queue.send('second', { deduplicationId: 'id' })).MessageId).toBeDefined();
    expect(await queue.drainedTexts()).toEqual(['first']);
  },
  async 'also after the first was handled and deleted'(s) {
    const queue = await s.queue();
    await queue.send('first', { deduplicationId: 'id' });
    await queue.delete(await queue.one());
    await queue.send('second', { deduplicationId: 'id' });
    expect(await queue.drainedTexts()).toEqual([]);
  },
  async 'another id is another message, whatever its text'(s) {
    const queue = await s.queue();
    await queue.send('same', { deduplicationId: '1' });
    await queue.send('same', { deduplicationId: '2' });
    expect(await queue.drainedTexts()).toEqual(['same', 'same']);
  },
  async 'by content the text is the id'(s) {
    const queue = await s.queue({ ContentBasedDeduplication: 'true' });
    for (const text of ['same', 'same', 'other']) await queue.send(text, { deduplicationId: null });
    expect(await queue.drainedTexts()).toEqual(['same', 'other']);
  },
  async 'for the queue: an id counts in all its groups'(s) {
    const queue = await s.queue();
    for (const group of ['a', 'b']) await queue.send(group, { group, deduplicationId: 'id' });
    expect(await queue.drainedTexts()).toEqual(['a']);
  },
  async 'for the group: an id counts in each group by itself'(s) {
    const queue = await s.queue({ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' });
    for (const group of ['a', 'b', 'b']) await queue.send(group, { group, deduplicationId: 'id' });
    // Which of two groups comes first is not promised.
    const texts = await queue.drainedTexts();
    expect([texts.length, new Set(texts)]).toEqual([2, new Set(['a', 'b'])]);
  },
  async 'a message without an id is refused where content does not count'(s) {
    const queue = await s.queue();
    expect(await refusal(queue.send('1', { deduplicationId: null }))).toBe('InvalidParameterValue');
  },
  async 'takes ids of 128 characters and not one more'(s) {
    const queue = await s.queue();
    await queue.send('1', { deduplicationId: 'x'.repeat(128) });
    expect(await refusal(queue.send('2', { deduplicationId: 'x'.repeat(129) }))).toBe('InvalidParameterValue');
  },
});
