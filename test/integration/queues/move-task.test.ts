/**
 * The service's own move task, which `redrive` asks for on AWS, asked of the one emulator that has it. LocalStack drops a
 * letter that its queue has seen within five minutes, so these were never sent anywhere before.
 */

import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../local/emulators/emulator.ts';
import { LOCALSTACK } from '../../../local/emulators/localstack/localstack.ts';
import { moveByTask } from '../../../local/cli/commands/queues/move-task.ts';
import { deadLetters } from '../../../local/cli/commands/queues/queue-admin.ts';
import { createSqsClient, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../shared/adapters/sqs/client.ts';
import { ensureQueues } from '../../../shared/adapters/sqs/ensure-queues.ts';
import { createSqsQueue } from '../../../shared/adapters/sqs/sqs-queue.ts';
import { topology } from '../../../shared/topology.ts';
import { isInstalled, whySkipped } from '../../support/queues/emulators.ts';

const table = topology('fast-redelivery');
const { minutes } = table.queues;

describe.skipIf(!isInstalled(LOCALSTACK))(`a move task${whySkipped(LOCALSTACK)}`, () => {
  let emulator: Emulator;
  const access = () => ({ endpoint: emulator.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
  beforeAll(async () => {
    emulator = await startEmulator(LOCALSTACK);
  });
  afterAll(() => emulator?.stop());

  it('brings every letter back, in order within its group, and is waited for', async () => {
    const client = createSqsClient(access());
    await ensureQueues(client, table);
    const urlOf = async (QueueName: string) => (await client.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl!;
    const from = await urlOf(minutes.deadLetterName);
    for (const id of ['a1', 'a2', 'b1']) {
      const letter = { MessageBody: id, MessageGroupId: id.slice(0, 1), MessageDeduplicationId: id };
      await client.send(new SendMessageCommand({ QueueUrl: from, ...letter }));
    }
    expect(await moveByTask(client, { from, to: await urlOf(minutes.queueName) })).toBe(3);
    expect(await deadLetters(client, minutes)).toBe(0);
    const queue = createSqsQueue({ ...access(), topology: table });
    const back: string[] = [];
    for (const _letter of [1, 2, 3]) {
      const [message] = await queue.receive('minutes', { max: 1, waitMs: 5_000 });
      back.push(`${message?.groupId} ${message?.body}`);
      await queue.delete('minutes', message?.receiptHandle ?? '');
    }
    expect(back.filter((each) => each.startsWith('a'))).toEqual(['a a1', 'a a2']);
    expect(back).toContain('b b1');
    queue.close();
    client.destroy();
  });
});
