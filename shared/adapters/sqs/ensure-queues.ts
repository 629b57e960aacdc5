/**
 * Creates the queues of the topology that are not there yet.
 *
 * A queue is looked up before it is created: on one emulator, creating a queue that was loaded from disk dropped its
 * messages in flight. Settings of an existing queue are brought in line instead.
 */

import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueSpec, Topology } from '../../topology.ts';
import { toQueueError } from './queue-error.ts';

type Attributes = Partial<Record<QueueAttributeName, string>>;

/** Throws QueueError naming the queue that could not be made ready. */
export async function ensureQueues(client: SQSClient, topology: Topology): Promise<void> {
  for (const spec of Object.values(topology.queues)) {
    const deadLetterArn = await ensureQueue(client, {
      name: spec.deadLetterName,
      attributes: deadLetterAttributes(spec),
    });
    await ensureQueue(client, { name: spec.queueName, attributes: queueAttributes(spec, deadLetterArn) });
  }
}

async function ensureQueue(client: SQSClient, queue: { name: string; attributes: Attributes }): Promise<string> {
  try {
    const existing = await findQueue(client, queue.name);
    const url = existing ?? (await createQueue(client, queue));
    const current = await attributesOf(client, url);
    if (existing !== null) await alignAttributes(client, { url, current, wanted: queue.attributes });
    return current.QueueArn ?? '';
  } catch (error) {
    throw toQueueError(error, { action: 'making ready', queueName: queue.name });
  }
}

async function findQueue(client: SQSClient, name: string): Promise<string | null> {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    return QueueUrl ?? null;
  } catch (error) {
    if (error instanceof Error && error.name === 'QueueDoesNotExist') return null;
    throw error;
  }
}

async function createQueue(client: SQSClient, queue: { name: string; attributes: Attributes }): Promise<string> {
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName: queue.name, Attributes: { FifoQueue: 'true', ...queue.attributes } }),
  );
  if (QueueUrl === undefined) throw new Error('the endpoint gave no URL for the new queue');
  return QueueUrl;
}

async function attributesOf(client: SQSClient, url: string): Promise<Attributes> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return Attributes;
}

async function alignAttributes(
  client: SQSClient,
  queue: { url: string; current: Attributes; wanted: Attributes },
): Promise<void> {
  const differing = Object.entries(queue.wanted).filter(
    ([name, value]) => queue.current[name as QueueAttributeName] !== value,
  );
  if (differing.length === 0) return;
  await client.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: Object.fromEntries(differing) }));
}

function queueAttributes(spec: QueueSpec, deadLetterArn: string): Attributes {
  return {
    ContentBasedDeduplication: 'false',
    VisibilityTimeout: seconds(spec.visibilityTimeoutMs),
    MessageRetentionPeriod: seconds(spec.retentionMs),
    MaximumMessageSize: String(spec.messageBytesMax),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterArn, maxReceiveCount: spec.maxReceiveCount }),
  };
}

function deadLetterAttributes(spec: QueueSpec): Attributes {
  return {
    ContentBasedDeduplication: 'false',
    VisibilityTimeout: seconds(spec.visibilityTimeoutMs),
    MessageRetentionPeriod: seconds(spec.deadLetterRetentionMs),
    MaximumMessageSize: String(spec.messageBytesMax),
  };
}

function seconds(durationMs: number): string {
  return String(durationMs / 1_000);
}
