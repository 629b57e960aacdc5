/**
 * What makes up for endpoints that are weaker than the service, asked of each through the queue port and the tools that
 * the product itself uses.
 */

import { bodyOf } from '../../../shared/contracts/message-body.ts';
import { noise } from '../../support/core/seeded-random.ts';
import { GetQueueUrlCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { queueStatus, redrive } from '../../../local/cli/commands/queues/queue-admin.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../shared/adapters/sqs/client.ts';
import { ensureQueues } from '../../../shared/adapters/sqs/ensure-queues.ts';
import { createSqsQueue, type SqsQueue } from '../../../shared/adapters/sqs/sqs-queue.ts';
import type { ReceivedMessage } from '../../../shared/ports/queue.ts';
import { topology } from '../../../shared/topology.ts';
import { note } from '../../support/messages/messages.ts';
import { CONTRACT_ENDPOINTS, type StartedEndpoint } from '../../support/queues/contract/endpoints.ts';

const table = topology('fast-redelivery');
const spec = table.queues.minutes;
const PATIENT = { max: 1, waitMs: 20_000 } as const;
const SOON = { max: 1, waitMs: 1_000 } as const;

it('every queue has dead letters of its own', () => {
  const names = Object.values(table.queues).flatMap(({ queueName, deadLetterName }) => [queueName, deadLetterName]);
  expect(new Set(names).size).toBe(2 * Object.keys(table.queues).length);
});

for (const endpoint of CONTRACT_ENDPOINTS) {
  describe.skipIf(!endpoint.isInstalled)(`on ${endpoint.name}${endpoint.whySkipped}`, () => {
    let started: StartedEndpoint;
    let queue: SqsQueue;
    let runs = 0;
    let run: string;
    beforeAll(async () => {
      started = await endpoint.start();
      const access = { endpoint: started.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
      await ensureQueues(started.subject.client, table);
      queue = createSqsQueue({ ...access, topology: table });
    });
    afterAll(async () => {
      queue?.close();
      await started?.stop();
    });
    beforeEach(async () => {
      run = `run-${runs++}`;
      const { client } = started.subject;
      for (const QueueName of [spec.queueName, spec.deadLetterName]) {
        const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
        await client.send(new PurgeQueueCommand({ QueueUrl }));
      }
    });

    const send = (id: string, runId = run) =>
      queue.send({ queue: 'minutes', envelope: note({ id: `${runId}/${id}`, runId }) });
    const receive = async (options: { max: number; waitMs: number } = PATIENT) =>
      (await queue.receive('minutes', options))[0];
    const settle = (message: ReceivedMessage | undefined) => queue.delete('minutes', message?.receiptHandle ?? '');
    const idOf = (message: ReceivedMessage | undefined) => message && (JSON.parse(message.body) as { id: string }).id;

    it('a group has one message in flight, and the next when that is settled', async () => {
      expect(Object.values(table.queues).map(({ batchSize }) => batchSize)).toEqual([1, 1, 1, 1]);
      for (const id of ['1', '2', '3']) await send(id);
      for (const id of ['1', '2', '3']) {
        const message = await receive({ ...PATIENT, max: spec.batchSize });
        expect(idOf(message)).toBe(`${run}/${id}`);
        expect(await receive({ max: spec.batchSize, waitMs: 0 })).toBeUndefined();
        await settle(message);
      }
    });

    it('dead letters go back in order and group, within minutes of their first sending', async () => {
      for (const id of ['1', '2']) await send(id);
      for (const _round of [1, 2]) {
        for (let receives = 0; receives < 2 * spec.maxReceiveCount; receives += 1) {
          await queue.release('minutes', (await receive())?.receiptHandle ?? '', 0);
        }
        expect(await receive(SOON)).toBeUndefined();
        expect(await redrive(started.subject.client, spec)).toBe(2);
      }
      for (const id of ['1', '2']) {
        const message = await receive();
        expect([idOf(message), message?.groupId, message?.receiveCount]).toEqual([`${run}/${id}`, run, 1]);
        await settle(message);
      }
      const [depth] = await queueStatus(started.subject.client, table);
      expect(depth).toMatchObject({ waiting: 0, inFlight: 0, dead: 0 });
    });

    it('the same minute of two runs is two messages', async () => {
      for (const runId of [run, `${run}-again`]) await send('minute/1', runId);
      const both = [await receive(), await receive()];
      expect(new Set(both.map((message) => message?.groupId))).toEqual(new Set([run, `${run}-again`]));
    });

    it('trace and every kind of character arrive', async () => {
      const envelope = note({ id: `${run}/ümläut 😀`, runId: run, data: { text: '€ 漢字 😀 <tag> & \t' } });
      await queue.send({ queue: 'minutes', envelope });
      const [record] = await queue.receiveRecords('minutes', PATIENT);
      expect(JSON.parse(record?.body ?? '')).toEqual(envelope);
      expect(record?.messageAttributes['traceparent']?.stringValue).toBe(envelope.traceparent);
      expect(record?.eventSourceARN).toBe(`arn:aws:sqs:${LOCAL_REGION}:000000000000:${spec.queueName}`);
    });

    it('a refused release is not retryable', async () => {
      await expect(queue.release('minutes', 'no-such-handle', 1_000)).rejects.toMatchObject({ retryable: false });
    });

    it('a poll of a minute and a release of a day are cut to what the service takes', async () => {
      await send('1');
      const message = await receive({ max: 1, waitMs: 60_000 });
      expect(idOf(message)).toBe(`${run}/1`);
      await queue.release('minutes', message?.receiptHandle ?? '', 86_400_000);
      expect(await receive({ max: 1, waitMs: 0 })).toBeUndefined();
    });

    it('a message that is too large by its attributes is refused before it is sent', async () => {
      const text = noise(400_000);
      const of = (length: number) => note({ id: `${run}/1`, runId: run, data: { text: text.slice(0, length) } });
      // The longest text whose packed body still fits: between one that does and one that does not.
      let [fits, exceeds] = [0, text.length];
      while (exceeds - fits > 1) {
        const middle = (fits + exceeds) >> 1;
        if (bodyOf(of(middle)).length <= spec.messageBytesMax) fits = middle;
        else exceeds = middle;
      }
      const envelope = of(fits);
      expect(bodyOf(envelope).length).toBeLessThanOrEqual(spec.messageBytesMax);
      await expect(queue.send({ queue: 'minutes', envelope })).rejects.toMatchObject({ code: 'MessageTooLarge' });
      expect(await receive({ max: 1, waitMs: 0 })).toBeUndefined();
    });
  });
}
