/**
 * The queue port on SQS: FIFO group = run, deduplication id = message id, queue URLs looked up once.
 *
 * Throws: QueueError from every method; an aborted receive returns an empty list instead.
 */

import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Envelope } from '../../contracts/envelope.ts';
import { bodyOf } from '../../contracts/message-body.ts';
import type { OutgoingMessage, Queue, ReceivedMessage, ReceiveOptions } from '../../ports/queue.ts';
import type { SqsMessageAttribute, SqsRecord } from '../../ports/sqs-event.ts';
import type { QueueName, QueueSpec, Topology } from '../../topology.ts';
import { createSqsClient, type SqsClientOptions } from './client.ts';
import { deduplicationId } from './deduplication.ts';
import { QueueError, toQueueError } from './queue-error.ts';

export interface SqsQueue extends Queue {
  /** As `receive`, with the whole record as a function host passes it on. */
  receiveRecords(queue: QueueName, options: ReceiveOptions): Promise<SqsRecord[]>;
  /** Closes the sockets. */
  close(): void;
}

export interface SqsQueueOptions extends SqsClientOptions {
  readonly topology: Topology;
  /**
   * For an endpoint that never notices that a client is gone: it would give the next message to a poll that nobody reads,
   * and nobody has it until its visibility timeout. Polls there last this long at most, and are awaited, not aborted.
   */
  readonly finishedPollMs?: number;
}

const WAIT_SECONDS_MAX = 20;
const VISIBILITY_SECONDS_MAX = 43_200;

export function createSqsQueue(options: SqsQueueOptions): SqsQueue {
  const client = createSqsClient(options);
  const urls = queueUrls(client);
  const { queues } = options.topology;
  const { finishedPollMs } = options;

  async function call<Result>(
    at: { action: string; queueName: string; messageId?: string },
    work: (queueUrl: string) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work(await urls.find(at.queueName));
    } catch (error) {
      const failure = toQueueError(error, at);
      if (failure.code === 'QueueDoesNotExist') urls.forget(at.queueName);
      throw failure;
    }
  }

  async function receiveRecords(queue: QueueName, receive: ReceiveOptions): Promise<SqsRecord[]> {
    const spec = queues[queue];
    try {
      return await call({ action: 'receive', queueName: spec.queueName }, async (url) => {
        const abort = receive.signal && finishedPollMs === undefined ? { abortSignal: receive.signal } : {};
        const waitMs = Math.min(receive.waitMs, finishedPollMs ?? Number.POSITIVE_INFINITY);
        const { Messages = [] } = await client.send(receiveCommand(url, { ...receive, waitMs }), abort);
        return Messages.map((message) => toRecord(message, { url, region: options.region }));
      });
    } catch (error) {
      if (receive.signal?.aborted) return [];
      throw error;
    }
  }

  return {
    receiveRecords,
    async receive(queue, receive) {
      return (await receiveRecords(queue, receive)).map(toReceived);
    },
    async send(message, attempt = 0) {
      const spec = queues[message.queue];
      const body = messageBody(message, spec);
      const { id: messageId } = message.envelope;
      await call({ action: 'send', queueName: spec.queueName, messageId }, (url) =>
        client.send(sendCommand(url, { body, envelope: message.envelope, attempt })),
      );
    },
    async delete(queue, receiptHandle) {
      await call({ action: 'delete', queueName: queues[queue].queueName }, (url) =>
        client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receiptHandle })),
      );
    },
    async release(queue, receiptHandle, delayMs) {
      const VisibilityTimeout = Math.min(Math.ceil(Math.max(0, delayMs) / 1_000), VISIBILITY_SECONDS_MAX);
      await call({ action: 'release', queueName: queues[queue].queueName }, (url) =>
        client.send(
          new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: receiptHandle, VisibilityTimeout }),
        ),
      );
    },
    close: () => client.destroy(),
  };
}

/** Remembers queue URLs; a failed look-up is not remembered. */
function queueUrls(client: SQSClient) {
  const known = new Map<string, Promise<string>>();
  const lookUp = async (queueName: string) => {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }));
    if (QueueUrl === undefined) throw new Error(`the endpoint gave no URL for queue ${queueName}`);
    return QueueUrl;
  };
  return {
    async find(queueName: string): Promise<string> {
      const found = known.get(queueName) ?? lookUp(queueName);
      known.set(queueName, found);
      try {
        return await found;
      } catch (error) {
        known.delete(queueName);
        throw error;
      }
    },
    forget: (queueName: string) => known.delete(queueName),
  };
}

/**
 * Text of a message. Throws QueueError when it is larger than the queue takes.
 *
 * @internal Exported for its tests.
 */
export function messageBody(message: OutgoingMessage, spec: QueueSpec): string {
  const body = bodyOf(message.envelope);
  const bytes = body.length + attributeBytes(message.envelope);
  if (bytes > spec.messageBytesMax) {
    throw new QueueError(
      `message ${message.envelope.id} has ${bytes} bytes and queue ${spec.queueName} takes ${spec.messageBytesMax}: ` +
        'send fewer symbols in one message',
      { code: 'MessageTooLarge', retryable: false, queueName: spec.queueName, messageId: message.envelope.id },
    );
  }
  return body;
}

function attributeBytes(envelope: Envelope<unknown>): number {
  return Object.entries(messageAttributes(envelope)).reduce(
    (bytes, [name, { DataType = '', StringValue = '' }]) => bytes + name.length + DataType.length + StringValue.length,
    0,
  );
}

function messageAttributes(envelope: Envelope<unknown>): Record<string, MessageAttributeValue> {
  return {
    // Beside the body too, so that a message is known whose body is damaged.
    id: { DataType: 'String', StringValue: envelope.id },
    type: { DataType: 'String', StringValue: envelope.type },
    version: { DataType: 'Number', StringValue: String(envelope.version) },
    traceparent: { DataType: 'String', StringValue: envelope.traceparent },
  };
}

function sendCommand(
  queueUrl: string,
  message: { body: string; envelope: Envelope<unknown>; attempt: number },
): SendMessageCommand {
  return new SendMessageCommand({
    QueueUrl: queueUrl,
    MessageBody: message.body,
    MessageGroupId: message.envelope.runId,
    MessageDeduplicationId: deduplicationId(message.envelope.id, message.attempt),
    MessageAttributes: messageAttributes(message.envelope),
  });
}

function receiveCommand(queueUrl: string, options: ReceiveOptions): ReceiveMessageCommand {
  return new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: options.max,
    WaitTimeSeconds: Math.min(Math.ceil(options.waitMs / 1_000), WAIT_SECONDS_MAX),
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
}

function toRecord(message: Message, from: { url: string; region: string }): SqsRecord {
  const attributes = message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: {
      ...attributes,
      ApproximateReceiveCount: attributes.ApproximateReceiveCount ?? '1',
      SentTimestamp: attributes.SentTimestamp ?? '0',
      SenderId: attributes.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: attributes.ApproximateFirstReceiveTimestamp ?? '0',
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, toRecordAttribute(value)]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn(from),
    awsRegion: from.region,
  };
}

/** A queue's URL ends in its account and name. */
function queueArn({ url, region }: { url: string; region: string }): string {
  const [account = '', name = ''] = new URL(url).pathname.split('/').slice(-2);
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

function toRecordAttribute(value: MessageAttributeValue): SqsMessageAttribute {
  const dataType = value.DataType ?? 'String';
  return value.StringValue === undefined ? { dataType } : { dataType, stringValue: value.StringValue };
}

function toReceived(record: SqsRecord): ReceivedMessage {
  return {
    messageId: record.messageId,
    receiptHandle: record.receiptHandle,
    body: record.body,
    groupId: record.attributes.MessageGroupId ?? '',
    receiveCount: Number(record.attributes.ApproximateReceiveCount),
  };
}
