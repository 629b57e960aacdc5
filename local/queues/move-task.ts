/**
 * Dead letters sent back by the queue service itself, which keeps order and group and survives our death.
 *
 * Only on AWS. An emulator's task keeps the deduplication id of the first sending, so that the queue drops the letter
 * when that was less than five minutes ago, and the task has deleted it by then.
 */

import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type ListMessageMoveTasksResultEntry,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_MS = 1_000;
const LOOKS_MAX = 600;
const AWS_HOST = /\.amazonaws\.com(\.cn)?$/;

/** True when the endpoint has a move task that loses nothing. */
export function movesSafely(queueUrl: string): boolean {
  return AWS_HOST.test(new URL(queueUrl).hostname);
}

/** Resolves with how many were moved. Throws when the task fails, or is not done after ten minutes. */
export async function moveByTask(client: SQSClient, deadLetterUrl: string): Promise<number> {
  const wanted = new GetQueueAttributesCommand({ QueueUrl: deadLetterUrl, AttributeNames: ['QueueArn'] });
  const sourceArn = (await client.send(wanted)).Attributes?.QueueArn ?? '';
  await client.send(new StartMessageMoveTaskCommand({ SourceArn: sourceArn }));
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const task = await latestTask(client, sourceArn);
    const moved = Number(task?.ApproximateNumberOfMessagesMoved ?? 0);
    if (task?.Status === 'COMPLETED') return moved;
    if (task?.Status === 'FAILED') throw new Error(`the move task failed after ${moved}: ${task.FailureReason}`);
    if (task?.Status === 'CANCELLED') throw new Error(`the move task was cancelled after ${moved}`);
    await pause(LOOK_MS);
  }
  throw new Error(`the move task still runs after ${(LOOKS_MAX * LOOK_MS) / 60_000} minutes: look again later`);
}

async function latestTask(client: SQSClient, sourceArn: string): Promise<ListMessageMoveTasksResultEntry | undefined> {
  const { Results = [] } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: sourceArn, MaxResults: 1 }));
  return Results[0];
}
