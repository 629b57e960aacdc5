/**
 * The poller deletes what succeeded, releases what failed and waits while the database is away.
 */

import { afterEach, describe, expect, it } from 'vitest';
import { type Poller, type RecordQueue, startPoller } from '../../../../shared/runtime/poller.ts';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';
import type { SqsFunction, SqsRecord } from '../../../../shared/ports/sqs-event.ts';
import { topology } from '../../../../shared/topology.ts';
import { note, recordOf } from '../../../support/messages/messages.ts';
import { stepClock } from '../../../support/core/step-clock.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const spec = topology().queues.minutes;
const ALL_GOOD: SqsFunction = async () => ({ batchItemFailures: [] });
const ALL_BAD: SqsFunction = async ({ Records }) => ({
  batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
});

/** An endpoint that hands out the given batches, then waits as a long poll does. */
function fakeEndpoint(batches: (readonly SqsRecord[] | Error)[]) {
  const log: string[] = [];
  const endpoint: RecordQueue & { log: string[]; deleteFailures: number; waitMs: number[] } = {
    log,
    deleteFailures: 0,
    waitMs: [],
    async receiveRecords(_queue, { waitMs, signal }) {
      this.waitMs.push(waitMs);
      log.push('receive');
      const batch = batches.shift();
      if (batch instanceof Error) throw batch;
      if (batch !== undefined) return [...batch];
      return new Promise((resolve) => signal?.addEventListener('abort', () => resolve([])));
    },
    async delete(_queue, receiptHandle) {
      log.push(`delete ${receiptHandle}`);
      if (this.deleteFailures-- > 0) throw new Error('endpoint away');
    },
    async release(_queue, receiptHandle, delayMs) {
      log.push(`release ${receiptHandle} ${delayMs}`);
    },
  };
  return endpoint;
}

const message = (messageId: string, receiveCount = 1): SqsRecord => {
  const record = recordOf(JSON.stringify(note({ id: messageId })), { messageId });
  return { ...record, attributes: { ...record.attributes, ApproximateReceiveCount: String(receiveCount) } };
};

describe('a poller', () => {
  let poller: Poller | undefined;
  afterEach(() => poller?.stop());

  function start(endpoint: RecordQueue, handler: SqsFunction, gate = { waitUntilUp: async () => undefined }) {
    const clock = stepClock();
    const suspicions: number[] = [];
    const wholeGate = { ...gate, suspect: () => void suspicions.push(clock.nowMs()) };
    poller = startPoller({ spec, queue: endpoint, handler, gate: wholeGate, clock, logger });
    return { clock, suspicions, poller };
  }

  it('deletes what was handled and waits for the next with a long poll', async () => {
    const endpoint = fakeEndpoint([[message('a')], [message('b')]]);
    const { clock } = start(endpoint, ALL_GOOD);
    await clock.advance(0);
    expect(endpoint.log).toEqual(['receive', 'delete handle-a', 'receive', 'delete handle-b', 'receive']);
    expect(endpoint.waitMs).toEqual([20_000, 20_000, 20_000]);
    expect(clock.slept).toEqual([]);
  });

  it('releases what failed, later with every failure, and asks whether the database is there', async () => {
    const endpoint = fakeEndpoint([[message('a', 1)], [message('b', 3)], [message('c', 30)]]);
    const { clock, suspicions } = start(endpoint, ALL_BAD);
    await clock.advance(0);
    expect(endpoint.log.filter((line) => line !== 'receive')).toEqual([
      'release handle-a 1000',
      'release handle-b 4000',
      `release handle-c ${spec.visibilityTimeoutMs}`,
    ]);
    expect(suspicions).toHaveLength(3);
  });

  it('deletes the good ones of a batch and releases the others', async () => {
    const endpoint = fakeEndpoint([[message('a'), message('b')]]);
    const { clock } = start(endpoint, async () => ({ batchItemFailures: [{ itemIdentifier: 'b' }] }));
    await clock.advance(0);
    expect(endpoint.log.slice(1, 3)).toEqual(['delete handle-a', 'release handle-b 1000']);
  });

  it('counts a function that throws as failed for all its records', async () => {
    const endpoint = fakeEndpoint([[message('a')]]);
    const { clock } = start(endpoint, async () => {
      throw new Error('bug');
    });
    await clock.advance(0);
    expect(endpoint.log[1]).toBe('release handle-a 1000');
  });

  it('receives nothing while the gate is closed', async () => {
    const endpoint = fakeEndpoint([[message('a')]]);
    const gate = Promise.withResolvers<undefined>();
    const { clock } = start(endpoint, ALL_GOOD, { waitUntilUp: () => gate.promise });
    await clock.advance(60_000);
    expect(endpoint.log).toEqual([]);
    gate.resolve(undefined);
    await clock.advance(0);
    expect(endpoint.log[1]).toBe('delete handle-a');
  });

  it('waits longer and longer while the endpoint is away, and starts afresh once it answered', async () => {
    const away = () => new Error('endpoint away');
    const endpoint = fakeEndpoint([away(), away(), away(), [message('a')], away()]);
    const { clock } = start(endpoint, ALL_GOOD);
    await clock.advance(10_000);
    expect(clock.slept).toEqual([100, 200, 400, 100]);
  });

  it('tries a failed delete again, since the message would lock its group', async () => {
    const endpoint = fakeEndpoint([[message('a')]]);
    endpoint.deleteFailures = 2;
    const { clock } = start(endpoint, ALL_GOOD);
    await clock.advance(1_000);
    expect(endpoint.log.filter((line) => line.startsWith('delete'))).toHaveLength(3);
  });

  it('finishes the message in hand before it stops', async () => {
    const finish = Promise.withResolvers<undefined>();
    const endpoint = fakeEndpoint([[message('a')], [message('b')]]);
    const { clock, poller: started } = start(endpoint, async () => {
      await finish.promise;
      return { batchItemFailures: [] };
    });
    await clock.advance(0);
    const stopped = started.stop();
    finish.resolve(undefined);
    await stopped;
    expect(endpoint.log).toEqual(['receive', 'delete handle-a']);
  });
});
