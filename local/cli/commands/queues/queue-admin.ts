/**
 * Looks into the queues and empties the dead letters: status, peek, redrive, purge.
 *
 * Works on any SQS endpoint. Throws QueueError naming the queue.
 */

import {
  type Message,
  PurgeQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { toQueueError } from '../../../../shared/adapters/sqs/queue-error.ts';
import type { QueueName, QueueSpec, Topology } from '../../../../shared/topology.ts';
import { moveByTask, movesSafely } from './move-task.ts';

export interface QueueDepth {
  readonly queue: QueueName;
  readonly waiting: number;
  readonly inFlight: number;
  readonly dead: number;
}

export interface PeekedMessage {
  readonly messageId: string;
  readonly groupId: string;
  readonly receiveCount: number;
  readonly sentAtMs: number;
  readonly body: string;
}

const REDRIVE_SECONDS = 30;
const REDRIVE_WAIT_SECONDS = 2;
const REDRIVE_MAX = 10_000;

export async function queueStatus(client: SQSClient, topology: Topology): Promise<QueueDepth[]> {
  return Promise.all(
    Object.values(topology.queues).map(async (spec) => {
      const live = await depth(client, spec.queueName);
      const dead = await depth(client, spec.deadLetterName);
      return { queue: spec.name, waiting: live.waiting, inFlight: live.inFlight, dead: dead.waiting + dead.inFlight };
    }),
  );
}

/**
 * The first dead letters, visible to everybody again at once. An endpoint that gives one message of a group at a time
 * shows the first of each run.
 */
export async function peekDeadLetters(client: SQSClient, spec: QueueSpec, max: number): Promise<PeekedMessage[]> {
  return onQueue(client, { action: 'peek', queueName: spec.deadLetterName }, async (url) => {
    const messages = await receive(client, { url, max, visibleAgainSeconds: 0 });
    return messages.map(toPeeked);
  });
}

/** Moves dead letters back, oldest first, group kept; returns how many. */
export async function redrive(client: SQSClient, spec: QueueSpec): Promise<number> {
  return onQueue(client, { action: 'redrive', queueName: spec.deadLetterName }, async (from) => {
    const to = await queueUrl(client, spec.queueName);
    return movesSafely(from) ? moveByTask(client, { from, to }) : copyAll(client, spec, { from, to });
  });
}

/**
 * Copies before it deletes: a crash in between leaves one message twice, and the deduplication id or the receiver's
 * inbox drops the second. Only what was there at the start: a letter that dies again is not sent round in circles.
 */
async function copyAll(
  client: SQSClient,
  spec: QueueSpec,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<number> {
  const count = Math.min(await deadLetters(client, spec), REDRIVE_MAX);
  for (let moved = 0; moved < count; moved += 1) {
    const [message] = await receive(client, {
      url: from,
      max: 1,
      visibleAgainSeconds: REDRIVE_SECONDS,
      waitSeconds: REDRIVE_WAIT_SECONDS,
    });
    // Another redrive has the rest in hand.
    if (message === undefined) return moved;
    await client.send(copyCommand(message, to));
    await client.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle: message.ReceiptHandle }));
  }
  return count;
}

/** How many dead letters a queue has, those in hand included. */
export async function deadLetters(client: SQSClient, spec: QueueSpec): Promise<number> {
  const { waiting, inFlight } = await depth(client, spec.deadLetterName);
  return waiting + inFlight;
}

/** Deletes every dead letter; returns how many there were. */
export async function purgeDeadLetters(client: SQSClient, spec: QueueSpec): Promise<number> {
  const count = await deadLetters(client, spec);
  return onQueue(client, { action: 'purge', queueName: spec.deadLetterName }, async (url) => {
    await client.send(new PurgeQueueCommand({ QueueUrl: url }));
    return count;
  });
}

async function depth(client: SQSClient, queueName: string): Promise<{ waiting: number; inFlight: number }> {
  return onQueue(client, { action: 'status', queueName }, async (url) => {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return {
      waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  });
}

async function onQueue<Result>(
  client: SQSClient,
  at: { action: string; queueName: string },
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(await queueUrl(client, at.queueName));
  } catch (error) {
    throw toQueueError(error, at);
  }
}

async function queueUrl(client: SQSClient, queueName: string): Promise<string> {
  try {
    const { QueueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }));
    return QueueUrl;
  } catch (error) {
    throw toQueueError(error, { action: 'look-up', queueName });
  }
}

async function receive(
  client: SQSClient,
  options: { url: string; max: number; visibleAgainSeconds: number; waitSeconds?: number },
): Promise<Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: options.url,
      MaxNumberOfMessages: Math.min(options.max, 10),
      VisibilityTimeout: options.visibleAgainSeconds,
      WaitTimeSeconds: options.waitSeconds ?? 0,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

/** Each dead letter has its own message id, so a repeated copy of one is dropped and a later redrive is not. */
function copyCommand(message: Message, targetUrl: string): SendMessageCommand {
  return new SendMessageCommand({
    QueueUrl: targetUrl,
    MessageBody: message.Body,
    MessageAttributes: message.MessageAttributes,
    MessageGroupId: message.Attributes?.MessageGroupId,
    MessageDeduplicationId: `redrive-${message.MessageId}`,
  });
}

function toPeeked(message: Message): PeekedMessage {
  return {
    messageId: message.MessageId ?? '',
    groupId: message.Attributes?.MessageGroupId ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 0),
    sentAtMs: Number(message.Attributes?.SentTimestamp ?? 0),
    body: message.Body ?? '',
  };
}
