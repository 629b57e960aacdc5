/**
 * Valid messages and records for tests of queues and of the batch wrapper; a test names only what it is about.
 */

import * as z from 'zod';
import { type Envelope, eventContract } from '../../../shared/contracts/envelope.ts';
import type { SqsEvent, SqsRecord } from '../../../shared/ports/sqs-event.ts';

export const noteV1 = eventContract('note', 1, z.strictObject({ text: z.string().max(40) }));
export const noteV2 = eventContract('note', 2, z.strictObject({ text: z.string().max(40), loud: z.boolean() }));

export interface NoteData {
  readonly text: string;
}

export function note(overrides: Partial<Envelope<unknown>> = {}): Envelope<unknown> {
  return {
    type: 'note',
    version: 1,
    id: 'note/run-1/1',
    runId: 'run-1',
    occurredAt: 1_735_914_600_000,
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    stamps: { gateway: 1_735_914_600_001.5 },
    data: { text: 'hello' },
    ...overrides,
  };
}

interface RecordParts {
  readonly messageId?: string;
  readonly group?: string;
  /** How often it has been delivered, this time included. */
  readonly deliveries?: number;
  /** The id that travels beside the body. */
  readonly envelopeId?: string;
}

export function recordOf(body: string, overrides: RecordParts = {}): SqsRecord {
  const { messageId = 'sqs-1', group = 'run-1', deliveries = 1, envelopeId } = overrides;
  return {
    messageId,
    receiptHandle: `handle-${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(deliveries),
      SentTimestamp: '1735914600000',
      SenderId: '000000000000',
      ApproximateFirstReceiveTimestamp: '1735914600000',
      MessageGroupId: group,
    },
    messageAttributes: envelopeId === undefined ? {} : { id: { dataType: 'String', stringValue: envelopeId } },
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:minutes.fifo',
    awsRegion: 'us-east-1',
  };
}

export function eventOf(...records: readonly SqsRecord[]): SqsEvent {
  return { Records: records };
}
