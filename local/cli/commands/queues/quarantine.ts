/**
 * Sends parked messages back to their queue, as they came, for consumers that can read them now.
 *
 * Sends before it marks: a crash in between leaves a row that is sent once more, which the queue's deduplication or the
 * receiver's inbox drops. Throws QueueError naming the queue.
 */

import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { toQueueError } from '../../../../shared/adapters/sqs/queue-error.ts';
import type { QuarantineRow } from '../../../../shared/ports/repositories/messages.ts';
import type { QueueSpec, Topology } from '../../../../shared/topology.ts';

export interface ParkedSend {
  readonly client: SQSClient;
  readonly topology: Topology;
  readonly mark: (id: number) => Promise<void>;
}

export interface KeptRow {
  readonly id: number;
  readonly why: string;
}

/** `rows` oldest first, so that each run's messages keep their order. */
export async function sendParked(
  rows: readonly QuarantineRow[],
  { client, topology, mark }: ParkedSend,
): Promise<{ sent: number[]; kept: KeptRow[] }> {
  const sent: number[] = [];
  const kept: KeptRow[] = [];
  for (const row of rows) {
    const spec = Object.values(topology.queues).find(({ queueName }) => queueName === row.source);
    const why = whyKept(row, spec);
    if (spec === undefined || why !== null) {
      kept.push({ id: row.id, why: why ?? `no queue here is called ${row.source}` });
      continue;
    }
    await send(row, spec, client);
    await mark(row.id);
    sent.push(row.id);
  }
  return { sent, kept };
}

function whyKept({ message, reason }: QuarantineRow, spec: QueueSpec | undefined): string | null {
  if (message === undefined) return 'it is the row of a file: correct the file and load it again';
  if (spec === undefined) return null;
  if (reason === 'oversized') return 'it is larger than its queue takes';
  if (reason === 'nul-character') return 'its NUL character is one that no part can store';
  return null;
}

async function send(row: QuarantineRow, spec: QueueSpec, client: SQSClient): Promise<void> {
  const { id, body, message, redrivenAtMs } = row;
  const { runId, messageId } = message!;
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: spec.queueName }));
    const attribute = { id: { DataType: 'String', StringValue: messageId } };
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: body,
        MessageGroupId: runId,
        // Another one each time it is sent back on purpose, the same one after a crash.
        MessageDeduplicationId: `quarantine-${id}-${Math.floor(redrivenAtMs ?? 0)}`,
        ...(messageId === '' ? {} : { MessageAttributes: attribute }),
      }),
    );
  } catch (error) {
    throw toQueueError(error, { action: 'send', queueName: spec.queueName, messageId });
  }
}
