/**
 * The largest message of every kind fits its queue and arrives as it left, whether it travels plain or packed.
 */

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { actRequestSchema } from '../../../shared/contracts/act.v1.ts';
import type { Envelope } from '../../../shared/contracts/envelope.ts';
import { bodyOf, readableBody } from '../../../shared/contracts/message-body.ts';
import { messageBody } from '../../../shared/adapters/sqs/sqs-queue.ts';
import { route } from '../../../shared/ports/handler.ts';
import { readMessage } from '../../../shared/runtime/read-message.ts';
import { QUEUE_NAMES, topology } from '../../../shared/topology.ts';
import { note, noteV1, recordOf } from '../../support/messages/messages.ts';
import { largestActInput, largestMessages } from '../../support/messages/largest-messages.ts';
import { nameOf } from '../../support/trading/contracts.ts';

const { queues } = topology();
const LIMITS = { messageBytesMax: queues.minutes.messageBytesMax };
const RUNNER_BYTES_MAX = 4 * 1024 * 1024;
/** Room for symbols with longer names and for fields to come. */
const SHARE_USED_MAX = 0.85;

const cases = [1, 30, 500].flatMap((symbols) =>
  largestMessages(symbols).map(({ contract, message }) => ({ symbols, name: nameOf(contract), contract, message })),
);

describe('the largest message', () => {
  it.each(cases)('$name of $symbols symbols fits and arrives as it left', ({ contract, message }) => {
    const queue = QUEUE_NAMES.find((name) => queues[name].events.includes(nameOf(contract)))!;
    const body = messageBody({ queue, envelope: message }, queues[queue]);
    expect(body.length).toBeLessThan(SHARE_USED_MAX * queues[queue].messageBytesMax);
    expect(readMessage(recordOf(body), [route(contract, async () => [])], LIMITS)).toMatchObject({
      kind: 'message',
      message,
    });
    expect(JSON.parse(readableBody(body))).toEqual(message);
  });

  it('is why messages are packed: plain it would not fit', () => {
    const tooLarge = cases.filter(({ message }) => JSON.stringify(message).length > LIMITS.messageBytesMax);
    expect(tooLarge.map(({ symbols }) => symbols)).toEqual([500, 500, 500, 500, 500]);
  });

  it('of the runner takes one minute of 500 symbols, and 16 of them', () => {
    const request = {
      policy: 'rule',
      featureSchemaHash: 'a'.repeat(64),
      inputs: Array.from({ length: 16 }, () => largestActInput(500)),
    };
    expect(actRequestSchema.safeParse(request).success).toBe(true);
    expect(JSON.stringify(request).length).toBeLessThan(RUNNER_BYTES_MAX);
  });
});

describe('a packed body', () => {
  const large = note({ data: { text: 'é"\\'.repeat(40_000) } });
  const packed = JSON.parse(bodyOf(large)) as Envelope<{ gzip: string }>;
  const read = (body: object) => readMessage(recordOf(JSON.stringify(body)), [route(noteV1, async () => [])], LIMITS);
  const gzip = (text: string) => ({ ...packed, data: { gzip: gzipSync(text).toString('base64') } });

  it('shows all of its envelope but the data, and is text of ASCII', () => {
    expect({ ...packed, data: null }).toEqual({ ...large, data: null });
    expect(bodyOf(large)).toMatch(/^[\x20-\x7e]+$/);
  });

  it('is made only of what is large: other messages stay as any tool reads them', () => {
    expect(JSON.parse(bodyOf(note()))).toEqual(note());
  });

  it.each([
    { what: 'is not base64', body: { ...packed, data: { gzip: 'not base64!' } }, reason: 'malformed-data' },
    { what: 'is not gzip', body: { ...packed, data: { gzip: 'AAAA' } }, reason: 'malformed-data' },
    { what: 'holds no JSON', body: gzip('{"text":'), reason: 'malformed-data' },
    { what: 'unpacks to more than is taken', body: gzip(' '.repeat(9 * 1024 * 1024)), reason: 'malformed-data' },
    { what: 'holds a NUL character', body: gzip('{"text":"\\u0000"}'), reason: 'nul-character' },
    { what: 'holds data of another form', body: gzip('{"text":7}'), reason: 'schema' },
  ])('that $what is parked with the reason', ({ body, reason }) => {
    expect(read(body)).toMatchObject({ kind: 'refused', entry: { reason } });
  });

  it('that nobody can read is shown as it is', () => {
    for (const body of ['', '{', '[]', '{"data":{"gzip":"AAAA"}}']) expect(readableBody(body)).toBe(body);
  });
});
