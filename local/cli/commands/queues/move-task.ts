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

/**
 * From the queue of dead letters to the one they belong to, which is named: a letter that somebody put there by hand says
 * of no queue that it came from it, and the task would fail at it. Resolves with how many were moved.
 *
 * Throws when the task fails, or is not done after ten minutes.
 */
export async function moveByTask(client: SQSClient, urls: { from: string; to: string }): Promise<number> {
  const sourceArn = await arnOf(client, urls.from);
  const task = { SourceArn: sourceArn, DestinationArn: await arnOf(client, urls.to) };
  await client.send(new StartMessageMoveTaskCommand(task));
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const latest = await latestTask(client, sourceArn);
    const moved = Number(latest?.ApproximateNumberOfMessagesMoved ?? 0);
    if (latest?.Status === 'COMPLETED') return moved;
    if (latest?.Status === 'FAILED') throw new Error(`the move task failed after ${moved}: ${latest.FailureReason}`);
    if (latest?.Status === 'CANCELLED') throw new Error(`the move task was cancelled after ${moved}`);
    await pause(LOOK_MS);
  }
  throw new Error(`the move task still runs after ${(LOOKS_MAX * LOOK_MS) / 60_000} minutes: look again later`);
}

async function arnOf(client: SQSClient, url: string): Promise<string> {
  const wanted = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  return (await client.send(wanted)).Attributes?.QueueArn ?? '';
}

async function latestTask(client: SQSClient, sourceArn: string): Promise<ListMessageMoveTasksResultEntry | undefined> {
  const { Results = [] } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: sourceArn, MaxResults: 1 }));
  return Results[0];
}
