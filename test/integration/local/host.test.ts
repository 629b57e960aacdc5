/**
 * The embedded host on real queues: it handles messages through crashes of its own and outages of the database.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Host, type HostOptions, startHost } from '../../../local/host/host.ts';
import { createReadiness } from '../../../local/host/readiness.ts';
import { queueStatus, redrive } from '../../../local/cli/commands/queues/queue-admin.ts';
import { createMemoryDatabase, type MemoryDatabase } from '../../support/memory/memory-database.ts';
import { createSqsClient, LOCAL_CREDENTIALS } from '../../../shared/adapters/sqs/client.ts';
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import type { ReceivedMessage } from '../../../shared/ports/queue.ts';
import { type Topology, topology } from '../../../shared/topology.ts';
import { note } from '../../support/messages/messages.ts';
import { type RelayHandle, relayFunctions } from '../../support/stack/relay.ts';

const clock = systemClock();
const logger = createLogger({ name: 'test', level: 'silent' });
const table = topology('fast-redelivery');

class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly retryable = true;
}

function withoutBackOff(): Topology {
  const quick = structuredClone(table);
  for (const spec of Object.values(quick.queues)) Object.assign(spec, { visibilityTimeoutMs: 0 });
  return quick;
}

describe('a host with three functions', () => {
  let dataDir: string;
  let database: MemoryDatabase;
  let host: Host;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jules-host-'));
    database = createMemoryDatabase({ nowMs: () => clock.nowMs() });
  });
  afterEach(async () => {
    await host.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(handle?: RelayHandle, options: Partial<HostOptions> = {}): Promise<Host> {
    host = await startHost({
      dataDir,
      queuesPort: 0,
      topology: table,
      database,
      functions: relayFunctions(handle),
      maintain: async () => undefined,
      clock,
      logger,
      ...options,
    });
    return host;
  }

  const send = (text: string, runId = 'run-1') =>
    host.queue.send({ queue: 'minutes', envelope: note({ id: `minute/${runId}/${text}`, runId, data: { text } }) });
  const decision = async (waitMs = 10_000): Promise<ReceivedMessage | undefined> => {
    const [message] = await host.queue.receive('orders', { max: 1, waitMs });
    if (message !== undefined) await host.queue.delete('orders', message.receiptHandle);
    return message;
  };
  const textOf = (message: ReceivedMessage | undefined) =>
    message && (JSON.parse(message.body) as { data: { text: string } }).data.text;

  it('passes a minute from queue to queue, with a stamp of each stage', async () => {
    await (await start()).ready;
    await send('1');
    const envelope = JSON.parse((await decision())?.body ?? '') as { id: string; stamps: Record<string, number> };
    expect(envelope.id).toBe('risk/1');
    const { gateway, ingest, signal, risk } = envelope.stamps;
    expect([gateway, ingest, signal, risk]).toEqual([gateway, ingest, signal, risk].toSorted((a, b) => a! - b!));
    await vi.waitFor(() => expect(database.outbox.every((row) => row.published)).toBe(true));
    expect(database.outbox).toHaveLength(3);
  });

  it('keeps the order of each run', async () => {
    await (await start()).ready;
    for (const text of ['1', '2', '3']) {
      await send(text, 'run-a');
    }
    const texts: (string | undefined)[] = [];
    for (let index = 0; index < 3; index += 1) texts.push(textOf(await decision()));
    expect(texts).toEqual(['1', '2', '3']);
  });

  it('parks poison and goes on with what is behind it', async () => {
    await (await start()).ready;
    await host.queue.send({ queue: 'minutes', envelope: note({ id: 'poison', data: { words: 1 } }) });
    await send('good');
    expect(textOf(await decision())).toBe('good');
    expect(database.quarantine).toMatchObject([{ source: 'minutes.fifo', reason: 'schema', field: 'data.text' }]);
  });

  it('delivers a failed message again until it succeeds', async () => {
    let failures = 1;
    await (
      await start(async () => {
        if (failures-- > 0) throw new Error('runner away');
      })
    ).ready;
    await send('1');
    expect(textOf(await decision())).toBe('1');
    expect(failures).toBeLessThan(0);
  });

  it('brings a message that never succeeds to the dead letters, from where it can be sent again', async () => {
    let isBroken = true;
    await (
      await start(
        async () => {
          if (isBroken) throw new Error('bug');
        },
        { topology: withoutBackOff() },
      )
    ).ready;
    await send('1');
    const client = createSqsClient({
      endpoint: host.queueEndpoint,
      region: 'us-east-1',
      credentials: LOCAL_CREDENTIALS,
    });
    await vi.waitFor(async () => expect((await queueStatus(client, table))[0]?.dead).toBe(1), { timeout: 10_000 });
    isBroken = false;
    expect(await redrive(client, table.queues.minutes)).toBe(1);
    expect(textOf(await decision())).toBe('1');
    client.destroy();
  });

  it('handles a message once that a killed host had in hand, without waiting for its visibility timeout', async () => {
    await (await start()).ready;
    await host.stop();
    // A host that takes the message and dies: nothing released, nothing deleted.
    await start(undefined, { functions: [] });
    await send('1');
    expect(await host.queue.receive('minutes', { max: 1, waitMs: 0 })).toHaveLength(1);
    await host.stop();

    const startedAtMs = performance.now();
    await start();
    expect(textOf(await decision())).toBe('1');
    expect(performance.now() - startedAtMs).toBeLessThan(table.queues.minutes.visibilityTimeoutMs);
    expect(await decision(0)).toBeUndefined();
  });

  it('sends what was committed and not published when it starts again', async () => {
    await start(undefined, { functions: [] });
    const envelope = note({ id: 'minute/run-1/7', data: { text: '7' } });
    await database.transaction(({ outbox }) => outbox.add('gateway', '', [{ queue: 'minutes', envelope }]));
    await host.stop();
    await start();
    expect(textOf(await decision())).toBe('7');
  });

  it('takes messages before the database answers, and handles them when it does', async () => {
    database.outage = new DatabaseError('away');
    const readiness = createReadiness();
    await start(undefined, { readiness });
    await send('1');
    expect(readiness.report()).toEqual({ ready: false, parts: { queues: true, database: false, functions: false } });
    database.outage = null;
    expect(textOf(await decision())).toBe('1');
    expect(readiness.isReady).toBe(true);
  });

  it('pauses while the database is away, without wearing the message out', async () => {
    // A failed message comes again at once here, so without the pause it would be dead after five refusals.
    await (await start(undefined, { topology: { ...withoutBackOff(), sweepIntervalMs: 600_000 } })).ready;
    database.outage = new DatabaseError('away');
    await send('1');
    await vi.waitUntil(() => database.refused > table.queues.minutes.maxReceiveCount, { timeout: 10_000 });
    database.outage = null;
    expect(textOf(await decision())).toBe('1');
  });

  it('stops at once while its pollers wait', async () => {
    await (await start()).ready;
    const startedAtMs = performance.now();
    await host.stop();
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    await start();
  });
});
