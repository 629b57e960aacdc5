/**
 * One queue, one consumer: polls, calls the function with a real event, deletes what succeeded, releases what failed.
 *
 * A new poll waits at the endpoint as soon as the last message is settled. While the database is away nothing is
 * received, so messages keep their order and their receive counts.
 */

import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Queue, ReceiveOptions } from '../ports/queue.ts';
import type { SqsFunction, SqsRecord } from '../ports/sqs-event.ts';
import type { QueueName, QueueSpec } from '../topology.ts';
import type { DatabaseGate } from './database-gate.ts';

export interface RecordQueue extends Pick<Queue, 'delete' | 'release'> {
  receiveRecords(queue: QueueName, options: ReceiveOptions): Promise<SqsRecord[]>;
}

export interface PollerOptions {
  readonly spec: QueueSpec;
  readonly queue: RecordQueue;
  readonly handler: SqsFunction;
  readonly gate: Pick<DatabaseGate, 'waitUntilUp' | 'suspect'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Poller {
  /** Ends the poll, finishes the message in hand. */
  stop(): Promise<void>;
}

const WAIT_MS = 20_000;
const RETRY_DELAY_MS = 1_000;
const QUEUE_AWAY_DELAY_MS = 100;
const QUEUE_AWAY_DELAY_MS_MAX = 5_000;
const DELETE_TRIES_MAX = 3;

export function startPoller(options: PollerOptions): Poller {
  const stopping = new AbortController();
  const running = poll(options, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function poll(options: PollerOptions, signal: AbortSignal): Promise<void> {
  let queueAwayDelayMs = QUEUE_AWAY_DELAY_MS;
  while (!signal.aborted) {
    await options.gate.waitUntilUp(signal);
    if (signal.aborted) return;
    try {
      const records = await receive(options, signal);
      queueAwayDelayMs = QUEUE_AWAY_DELAY_MS;
      if (records.length > 0) await handle(records, options);
    } catch (error) {
      options.logger.warn({ err: error, nextTryMs: queueAwayDelayMs }, 'polling failed');
      await options.clock.sleep(queueAwayDelayMs, signal);
      queueAwayDelayMs = Math.min(queueAwayDelayMs * 2, QUEUE_AWAY_DELAY_MS_MAX);
    }
  }
}

function receive({ queue, spec }: PollerOptions, signal: AbortSignal): Promise<SqsRecord[]> {
  return queue.receiveRecords(spec.name, { max: spec.batchSize, waitMs: WAIT_MS, signal });
}

async function handle(records: readonly SqsRecord[], options: PollerOptions): Promise<void> {
  const failed = await failedIds(records, options);
  if (failed.size > 0) options.gate.suspect();
  for (const record of records) {
    await (failed.has(record.messageId) ? release(record, options) : remove(record, options));
  }
}

/** A function that throws has failed for all its records, as on Lambda. */
async function failedIds(records: readonly SqsRecord[], { handler, logger }: PollerOptions): Promise<Set<string>> {
  try {
    const { batchItemFailures } = await handler({ Records: records });
    return new Set(batchItemFailures.map((failure) => failure.itemIdentifier));
  } catch (error) {
    logger.error({ err: error, bug: true }, 'the function threw instead of naming its failures');
    return new Set(records.map((record) => record.messageId));
  }
}

/** A message that stays behind locks its group for a whole visibility timeout, so a failed delete is tried again. */
async function remove(record: SqsRecord, { queue, spec, clock, logger }: PollerOptions): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await queue.delete(spec.name, record.receiptHandle);
    } catch (error) {
      if (tries === DELETE_TRIES_MAX) {
        logger.warn({ err: error, sqsMessageId: record.messageId }, 'handled but not deleted: it will come again');
        return;
      }
      await clock.sleep(QUEUE_AWAY_DELAY_MS * tries);
    }
  }
}

/** Later with every failure, at the latest when its visibility would have ended anyway. */
async function release(record: SqsRecord, { queue, spec, logger }: PollerOptions): Promise<void> {
  const failures = Number(record.attributes.ApproximateReceiveCount);
  if (failures >= spec.maxReceiveCount) {
    const fix = `read the failures above, then ./jules queues redrive ${spec.name}`;
    logger.error({ sqsMessageId: record.messageId, failures, fix }, 'message goes to the dead-letter queue');
  }
  const delayMs = Math.min(RETRY_DELAY_MS * 2 ** Math.max(0, failures - 1), spec.visibilityTimeoutMs);
  try {
    await queue.release(spec.name, record.receiptHandle, delayMs);
  } catch (error) {
    logger.warn({ err: error, sqsMessageId: record.messageId }, 'not released: it comes after its visibility timeout');
  }
}
