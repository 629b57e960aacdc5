/**
 * The host on queues that are not its own: made where it may, missed by name where it may not, made again when the
 * endpoint comes back without them.
 */

import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../../local/emulators/emulator.ts';
import { MINISTACK } from '../../../local/emulators/ministack/ministack.ts';
import { type Host, type HostOptions, startHost } from '../../../local/host/host.ts';
import { queueStatus } from '../../../local/cli/commands/queues/queue-admin.ts';
import { createMemoryDatabase, type MemoryDatabase } from '../../support/memory/memory-database.ts';
import { createSqsClient, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../shared/adapters/sqs/client.ts';
import { createSqsQueue } from '../../../shared/adapters/sqs/sqs-queue.ts';
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import type { MessagingConfig } from '../../../shared/runtime/stack-file.ts';
import { topology } from '../../../shared/topology.ts';
import { isInstalled, whySkipped } from '../../support/queues/emulators.ts';
import { note } from '../../support/messages/messages.ts';
import { relayFunctions } from '../../support/stack/relay.ts';

type Elsewhere = Extract<MessagingConfig, { kind: 'endpoint' }>;

const clock = systemClock();
const logger = createLogger({ name: 'test', level: 'silent' });
const table = topology('fast-redelivery');

const configOf = (endpoint: string, changes: Partial<Elsewhere> = {}): Elsewhere => ({
  kind: 'endpoint',
  target: 'ministack',
  endpoint,
  region: LOCAL_REGION,
  functions: 'host',
  ...changes,
});

function open(messaging: MessagingConfig, options: Partial<HostOptions> = {}): Promise<Host> {
  return startHost({
    dataDir: tmpdir(),
    queuesPort: 0,
    messaging,
    topology: table,
    database: createMemoryDatabase({ nowMs: () => clock.nowMs() }),
    functions: relayFunctions(),
    maintain: async () => undefined,
    clock,
    logger,
    ...options,
  });
}

describe.skipIf(!isInstalled(MINISTACK))(`a host on MiniStack's queues${whySkipped(MINISTACK)}`, () => {
  let emulator: Emulator;
  let database: MemoryDatabase;
  let host: Host | null = null;
  beforeEach(async () => {
    emulator = await startEmulator(MINISTACK);
    database = createMemoryDatabase({ nowMs: () => clock.nowMs() });
  });
  afterEach(async () => {
    await host?.stop();
    host = null;
    await emulator.stop();
  });

  const access = () => ({ endpoint: emulator.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
  const send = (text: string) =>
    host!.queue.send({ queue: 'minutes', envelope: note({ id: `minute/run-1/${text}`, data: { text } }) });
  const decided = async () => (await host!.queue.receive('orders', { max: 1, waitMs: 20_000 }))[0]?.body ?? '';

  it('makes the queues that are missing and passes messages through them', async () => {
    host = await open(configOf(emulator.endpoint), { database });
    expect(host.queueEndpoint).toBe(emulator.endpoint);
    await send('1');
    expect(await decided()).toContain('"id":"risk/1"');
    expect(database.outbox).toHaveLength(3);
  });

  it('polls for no function that is deployed behind them, and still sweeps', async () => {
    await (await open(configOf(emulator.endpoint))).stop();
    host = await open(configOf(emulator.endpoint, { functions: 'target' }), { database, functions: [] });
    const envelope = note({ id: 'minute/run-1/7', data: { text: '7' } });
    await database.transaction(({ outbox }) => outbox.add('gateway', '', [{ queue: 'minutes', envelope }]));
    const [swept] = await host.queue.receive('minutes', { max: 1, waitMs: 20_000 });
    expect(swept?.body).toContain('minute/run-1/7');
  });

  it('names the queue that a deployment should have made, and makes none itself', async () => {
    for (const changes of [{ functions: 'target' }, { target: 'aws' }] as const) {
      // For AWS the SDK looks for credentials itself.
      vi.stubEnv('AWS_ACCESS_KEY_ID', LOCAL_CREDENTIALS.accessKeyId);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', LOCAL_CREDENTIALS.secretAccessKey);
      const { target = 'ministack' } = changes as { target?: string };
      await expect(open(configOf(emulator.endpoint, changes))).rejects.toThrow(
        new RegExp(`minutes\\.fifo.*deploy them: \\./jules deploy --target ${target}`),
      );
    }
    const client = createSqsClient(access());
    await expect(queueStatus(client, table)).rejects.toMatchObject({ code: 'QueueDoesNotExist' });
    client.destroy();
  });

  it('leaves no poll behind that takes the next message to nobody', async () => {
    host = await open(configOf(emulator.endpoint), { database });
    await send('1');
    expect(await decided()).toContain('"id":"risk/1"');
    await host.stop();
    const queue = createSqsQueue({ ...access(), topology: table });
    const envelope = note({ id: 'minute/run-2/9', runId: 'run-2', data: { text: '9' } });
    await queue.send({ queue: 'minutes', envelope });
    // A poll that was left would have it by now.
    await clock.sleep(500);
    const [message] = await queue.receive('minutes', { max: 1, waitMs: 1_000 });
    expect(message?.body).toContain('minute/run-2/9');
    queue.close();
  });

  it('makes them again when the endpoint comes back without them', async () => {
    host = await open(configOf(emulator.endpoint), { database });
    await send('1');
    expect(await decided()).toContain('"id":"risk/1"');
    await emulator.stop();
    emulator = await startEmulator(MINISTACK, { port: Number(new URL(emulator.endpoint).port) });
    const client = createSqsClient(access());
    const areThere = () =>
      queueStatus(client, table).then(
        () => true,
        () => false,
      );
    await expect.poll(areThere, { timeout: 30_000 }).toBe(true);
    client.destroy();
    await send('2');
    expect(await decided()).toContain('"id":"risk/2"');
  });
});

describe('an endpoint that is of no use', () => {
  it('is named when nothing listens there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await expect(open(configOf(`http://127.0.0.1:${port}`))).rejects.toThrow(
      new RegExp(`the queues at http://127.0.0.1:${port} cannot be used: .*ECONNREFUSED.*deploy --target ministack`),
    );
  });

  it('is named when it takes the connection and never answers', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(open(configOf(`http://127.0.0.1:${port}`))).rejects.toThrow(
      new RegExp(`the queues at http://127.0.0.1:${port} cannot be used: `),
    );
    server.closeAllConnections();
    server.close();
  });
});
