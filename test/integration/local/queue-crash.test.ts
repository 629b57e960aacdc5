/**
 * The queue endpoint killed under load: nothing acknowledged is lost, and order is kept.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqsClient, LOCAL_CREDENTIALS } from '../../../shared/adapters/sqs/client.ts';
import { ensureQueues } from '../../../shared/adapters/sqs/ensure-queues.ts';
import { createSqsQueue } from '../../../shared/adapters/sqs/sqs-queue.ts';
import { topology } from '../../../shared/topology.ts';
import { note } from '../../support/messages/messages.ts';

const ENTRY = fileURLToPath(new URL('../../support/queues/queue-process.ts', import.meta.url));
const table = topology('fast-redelivery');
const CRASHES = 5;

describe('an endpoint that is killed', () => {
  let dataDir: string;
  let child: ChildProcess;
  let port = 0;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jules-crash-'));
  });
  afterEach(async () => {
    await kill();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start() {
    child = fork(ENTRY, [dataDir, String(port)], { serialization: 'json' });
    const [endpoint] = (await once(child, 'message')) as [string];
    port = Number(new URL(endpoint).port);
    return { endpoint, region: 'us-east-1', credentials: LOCAL_CREDENTIALS };
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  it('loses nothing that it had acknowledged, and keeps the order', async () => {
    const access = await start();
    const client = createSqsClient(access);
    await ensureQueues(client, table);
    const queue = createSqsQueue({ ...access, topology: table });
    const acknowledged: string[] = [];
    const received: string[] = [];

    for (let crash = 0; crash < CRASHES; crash += 1) {
      // Sending and receiving are under way when it dies.
      const killing = setTimeout(() => child.kill('SIGKILL'), 150 + 37 * crash);
      const gone = once(child, 'exit');
      await Promise.all([sendUntilDead(), receiveUntilDead()]);
      clearTimeout(killing);
      await gone;
      await start();
    }
    await drain();

    expect(acknowledged.length).toBeGreaterThan(CRASHES);
    const firstSeen = [...new Set(received)];
    expect(firstSeen.filter((id) => acknowledged.includes(id))).toEqual(acknowledged);

    async function sendUntilDead(): Promise<void> {
      for (;;) {
        const id = `message-${String(acknowledged.length).padStart(5, '0')}`;
        try {
          await queue.send({ queue: 'minutes', envelope: note({ id }) });
          acknowledged.push(id);
        } catch {
          return;
        }
      }
    }
    async function receiveUntilDead(): Promise<void> {
      try {
        for (;;) await receiveOne(1_000);
      } catch {
        // Dead: so is what it held.
      }
    }
    async function receiveOne(waitMs: number): Promise<boolean> {
      const [message] = await queue.receive('minutes', { max: 1, waitMs });
      if (message === undefined) return false;
      received.push((JSON.parse(message.body) as { id: string }).id);
      await queue.delete('minutes', message.receiptHandle);
      return true;
    }
    async function drain(): Promise<void> {
      while (await receiveOne(0));
      queue.close();
      client.destroy();
    }
  });
});
