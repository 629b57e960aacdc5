/**
 * The embedded queue endpoint as a process of its own: loopback only, durable, one message of a group at a time.
 */

import { createServer } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startQueueServer } from '../../../local/emulators/queues/queue-server.ts';
import { note } from '../../support/messages/messages.ts';
import { startTestQueues, type TestQueues } from '../../support/queues/queues.ts';

const WAIT = { max: 1, waitMs: 1_000 } as const;
const NO_WAIT = { max: 1, waitMs: 0 } as const;

describe('the embedded queue endpoint', () => {
  let queues: TestQueues;
  beforeEach(async () => {
    queues = await startTestQueues();
  });
  afterEach(() => queues.stop());

  const send = (id: string, runId = 'run-1') => queues.queue.send({ queue: 'minutes', envelope: note({ id, runId }) });

  it('listens on loopback and on no other address of the machine', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter((address) => address.family === 'IPv4' && !address.internal)
      .map((address) => address.address);
    expect((await fetch(`${queues.server.endpoint}/health`)).ok).toBe(true);
    expect(new URL(queues.server.endpoint).hostname).toBe('127.0.0.1');
    // 127.0.0.2 reaches a server on all interfaces as well, and exists on machines without a network.
    for (const host of ['127.0.0.2', ...others]) {
      await expect(fetch(`http://${host}:${queues.server.port}/health`)).rejects.toThrow('fetch failed');
    }
  });

  it('keeps waiting, in-flight and dead messages over a restart', async () => {
    await send('a/1');
    await send('a/2');
    await send('b/1', 'run-2');
    const [held] = await queues.queue.receive('minutes', WAIT);
    await queues.restart();
    // The first of run-1 is still held, so its group gives nothing; the other run is free.
    const [free] = await queues.queue.receive('minutes', NO_WAIT);
    expect(free?.groupId).toBe('run-2');
    expect(await queues.queue.receive('minutes', NO_WAIT)).toEqual([]);
    await queues.queue.delete('minutes', held?.receiptHandle ?? '');
    expect((await queues.queue.receive('minutes', WAIT))[0]?.body).toContain('a/2');
  });

  it('releases at the start what a dead consumer held, in order and with its receive count', async () => {
    await send('a/1');
    await send('a/2');
    await queues.queue.receive('minutes', WAIT);
    await queues.restart({ orphanedQueues: ['minutes.fifo'] });
    expect(queues.server.releasedAtStart).toBe(1);
    const [again] = await queues.queue.receive('minutes', NO_WAIT);
    expect(again?.body).toContain('a/1');
    expect(again?.receiveCount).toBe(2);
  });

  it('makes a message visible again at once without losing it', async () => {
    await send('a/1');
    const [first] = await queues.queue.receive('minutes', WAIT);
    await queues.queue.release('minutes', first?.receiptHandle ?? '', 0);
    const [second] = await queues.queue.receive('minutes', NO_WAIT);
    expect(second?.receiveCount).toBe(2);
    await queues.restart({ orphanedQueues: ['minutes.fifo'] });
    expect((await queues.queue.receive('minutes', NO_WAIT))[0]?.receiveCount).toBe(3);
  });

  it('gives a message back at once when its consumer dies, and keeps what others hold', async () => {
    await send('a/1');
    await send('b/1', 'run-2');
    const dying = queues.anotherQueue();
    expect((await dying.receive('minutes', WAIT))[0]?.groupId).toBe('run-1');
    expect((await queues.queue.receive('minutes', WAIT))[0]?.groupId).toBe('run-2');
    dying.close();
    const [again] = await queues.queue.receive('minutes', WAIT);
    expect([again?.groupId, again?.receiveCount]).toEqual(['run-1', 2]);
    expect(await queues.queue.receive('minutes', NO_WAIT)).toEqual([]);
  });

  it('does not give a message to a poller that has hung up', async () => {
    const hangUp = new AbortController();
    const gone = queues.queue.receive('minutes', { max: 1, waitMs: 20_000, signal: hangUp.signal });
    // The endpoint holds the poll once it has answered a later request on the same connection pool.
    await queues.queue.receive('bars-ready', NO_WAIT);
    hangUp.abort();
    expect(await gone).toEqual([]);
    await queues.queue.receive('bars-ready', NO_WAIT);
    await send('a/1');
    const [message] = await queues.queue.receive('minutes', WAIT);
    expect(message?.receiveCount).toBe(1);
  });
});

describe('an endpoint that cannot start', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jules-queues-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('names the occupied port', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as { port: number };
    await expect(startQueueServer({ dataDir, port })).rejects.toMatchObject({
      name: 'QueueServerError',
      code: 'PORT_IN_USE',
      message: `port ${port} on 127.0.0.1 for the queues is used by another program: stop it or choose another port`,
    });
    occupant.close();
    // The data is not left locked.
    await (await startQueueServer({ dataDir, port: 0 })).stop();
  });

  it('names the folder whose data is not a queue database', async () => {
    await writeFile(join(dataDir, 'fauxqs.db'), 'this is not a database, whatever its name says'.repeat(100));
    await expect(startQueueServer({ dataDir, port: 0 })).rejects.toMatchObject({
      code: 'DATA_REFUSED',
      message: expect.stringContaining(dataDir) as unknown,
    });
  });
});
