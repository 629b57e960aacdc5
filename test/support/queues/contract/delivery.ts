/**
 * Contract: what arrives of a message, and when a poll is answered.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { casesOf } from './subject.ts';

const TRACE = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
/** Polls of 20 s that are answered within this were woken. */
const WOKEN_MS_MAX = 10_000;
const POLL_STANDS_MS = 300;

export const ATTRIBUTE_CASES = casesOf('Attributes', {
  async 'the group, the deduplication id and the sequence number arrive'(s) {
    const queue = await s.queue();
    const sent = await queue.send('1', { group: 'run-1', deduplicationId: 'id-1' });
    const { Attributes, MessageId } = await queue.one();
    expect(Attributes).toMatchObject({ MessageGroupId: 'run-1', MessageDeduplicationId: 'id-1' });
    expect([MessageId, Attributes?.SequenceNumber]).toEqual([sent.MessageId, sent.SequenceNumber]);
    expect(Attributes?.SequenceNumber).toMatch(/^\d+$/);
  },
  async 'sender, times and count arrive'(s) {
    const queue = await s.queue();
    await queue.send('1');
    const { Attributes } = await queue.one();
    expect(Attributes).toMatchObject({
      SenderId: expect.stringMatching(/./) as string,
      SentTimestamp: expect.stringMatching(/^\d{13}$/) as string,
      ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/) as string,
      ApproximateReceiveCount: '1',
    });
  },
  async 'the trace header arrives'(s) {
    const queue = await s.queue();
    const AWSTraceHeader = { DataType: 'String', StringValue: TRACE };
    await queue.send('1', { MessageSystemAttributes: { AWSTraceHeader } });
    expect((await queue.one()).Attributes?.AWSTraceHeader).toBe(TRACE);
  },
  async 'text, number and bytes of our own arrive unchanged'(s) {
    const queue = await s.queue();
    const MessageAttributes = {
      traceparent: { DataType: 'String', StringValue: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
      version: { DataType: 'Number', StringValue: '1' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 127, 255]) },
    };
    await queue.send('1', { MessageAttributes });
    const { MessageAttributes: arrived = {} } = await queue.one();
    expect(arrived['traceparent']).toMatchObject(MessageAttributes.traceparent);
    expect(arrived['version']).toMatchObject(MessageAttributes.version);
    expect([...(arrived['bytes']?.BinaryValue ?? [])]).toEqual([0, 127, 255]);
  },
  async 'a body with every kind of character arrives unchanged'(s) {
    const queue = await s.queue();
    const text = '{"text":"ümläut € 漢字 😀 \\"quoted\\" \\\\ <tag> & \t\n"}';
    await queue.send(text, { deduplicationId: 'id' });
    expect((await queue.one()).Body).toBe(text);
  },
});

export const LONG_POLL_CASES = casesOf('Long poll', {
  async 'a message wakes a poll that waits'(s) {
    const queue = await s.queue();
    const waiting = queue.texts({ waitSeconds: 20 });
    await pause(POLL_STANDS_MS);
    const sentMs = performance.now();
    await queue.send('1');
    expect(await waiting).toEqual(['1']);
    expect(performance.now() - sentMs).toBeLessThan(WOKEN_MS_MAX);
  },
  async 'so does one that was given back'(s) {
    const queue = await s.queue();
    await queue.send('1');
    const held = await queue.one();
    const waiting = queue.texts({ waitSeconds: 20 });
    await pause(POLL_STANDS_MS);
    const returnedMs = performance.now();
    await queue.hide(held, 0);
    expect(await waiting).toEqual(['1']);
    expect(performance.now() - returnedMs).toBeLessThan(WOKEN_MS_MAX);
  },
  async 'so does the settling of the message that locked its group'(s) {
    const queue = await s.queue();
    await queue.sendAll(['1', '2']);
    const held = await queue.one();
    const waiting = queue.texts({ waitSeconds: 20 });
    await pause(POLL_STANDS_MS);
    const settledMs = performance.now();
    await queue.delete(held);
    expect(await waiting).toEqual(['2']);
    expect(performance.now() - settledMs).toBeLessThan(WOKEN_MS_MAX);
  },
  async 'without a message it ends when its time is up'(s) {
    const queue = await s.queue();
    const startedMs = performance.now();
    expect(await queue.texts({ waitSeconds: 2 })).toEqual([]);
    expect(performance.now() - startedMs).toBeGreaterThan(1_500);
  },
});
