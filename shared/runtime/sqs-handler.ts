/**
 * The batch wrapper around a handler: at-least-once delivery in, exactly-once effects out.
 *
 * For each record: read strictly, then one transaction with inbox, handler and outbox, then publish. What is permanently
 * bad is parked in quarantine with the reason and counts as handled, so that nothing behind it suffers. A record that
 * failed otherwise is returned for redelivery together with those behind it in its group.
 * A message committed but not published is not a failure: the sweeper sends it. A repeat of a handled message has no effect
 * but to have its answers sent again, so that whoever misses an answer can ask again.
 */

import { bodyOf } from '../contracts/message-body.ts';
import { AssertionError, assert } from '../domain/units/units.ts';
import type { Clock } from '../ports/clock.ts';
import { RefusedMessageError, type Route } from '../ports/handler.ts';
import type { Logger } from '../ports/logger.ts';
import type { OutgoingMessage, Queue } from '../ports/queue.ts';
import type { QuarantineEntry } from '../ports/repositories/messages.ts';
import type { Database, Repositories } from '../ports/repositories.ts';
import type { SqsBatchResponse, SqsEvent, SqsFunction, SqsRecord } from '../ports/sqs-event.ts';
import { type ConsumerName, type QueueSpec, type Topology, topology as topologyOf } from '../topology.ts';
import { quarantineEntry, type ReadResult, readMessage } from './read-message.ts';
import { sealMessage } from './seal-message.ts';

export interface SqsHandlerOptions {
  readonly consumer: ConsumerName;
  readonly routes: readonly Route[];
  readonly database: Database;
  readonly queue: Pick<Queue, 'send'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly topology?: Topology;
  /**
   * Records that outbox rows were sent. By default within the invocation, because a function may be frozen once it
   * has returned; a resident host passes one that returns at once and writes later.
   */
  readonly markPublished?: (messageIds: readonly string[]) => Promise<void>;
}

/** What one committed message leaves to do. */
interface Committed {
  /** This consumer had committed the message before: its answers may have been lost, so they are given again. */
  readonly isRepeat: boolean;
  readonly effects: readonly (() => void)[];
  readonly outgoing: readonly OutgoingMessage[];
}

interface Invocation {
  expired: boolean;
}

/** Room for the attributes that travel beside the body. */
const ATTRIBUTE_BYTES = 512;

/** The invocation took longer than its function may. The transaction rolls back and the record is delivered again. */
class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly retryable = true;
}

/** Not handled because an earlier message of its group failed. */
class BehindFailedError extends Error {
  override readonly name = 'BehindFailedError';
}

export function sqsHandler(options: SqsHandlerOptions): SqsFunction {
  const topology = options.topology ?? topologyOf();
  const spec = specOf(options.consumer, topology);
  const context: Context = {
    ...options,
    spec,
    topology,
    markPublished: options.markPublished ?? ((ids) => markInTransaction(options.database, ids)),
  };
  return (event) => handleEvent(event, context);
}

type Context = Required<SqsHandlerOptions> & { readonly spec: QueueSpec };

async function handleEvent(event: SqsEvent, context: Context): Promise<SqsBatchResponse> {
  const invocation: Invocation = { expired: false };
  const finished = new AbortController();
  const deadline = context.clock.sleep(context.spec.functionTimeoutMs, finished.signal).then(() => {
    if (finished.signal.aborted) return;
    invocation.expired = true;
    throw new DeadlineError(`the invocation took longer than ${context.spec.functionTimeoutMs} ms`);
  });
  // Kept handled where no record is waiting on it.
  deadline.catch(() => undefined);
  try {
    const failed = await handleInOrder(event.Records, { context, invocation, deadline });
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  } finally {
    finished.abort();
  }
}

/** Ids of the records to deliver again. Behind a failed record, none of its group is handled: order is kept. */
async function handleInOrder(
  records: readonly SqsRecord[],
  batch: { context: Context; invocation: Invocation; deadline: Promise<void> },
): Promise<string[]> {
  const failed: string[] = [];
  const stoppedGroups = new Set<string>();
  for (const record of records) {
    const group = record.attributes.MessageGroupId ?? record.messageId;
    try {
      if (batch.invocation.expired || stoppedGroups.has(group)) throw new BehindFailedError(record.messageId);
      await Promise.race([handleRecord(record, batch.context, batch.invocation), batch.deadline]);
    } catch (error) {
      logFailure(error, record, batch.context);
      failed.push(record.messageId);
      stoppedGroups.add(group);
    }
  }
  return failed;
}

async function handleRecord(record: SqsRecord, context: Context, invocation: Invocation): Promise<void> {
  const read = readMessage(record, context.routes, context.spec);
  if (read.kind === 'refused') return park(read.entry, record, context);
  try {
    await handleMessage(read, context, invocation);
  } catch (error) {
    const entry = permanentlyBad(error, record, context);
    if (entry === null) throw error;
    await park(entry, record, context);
  }
}

/**
 * What to park where no repetition can help: what the handler refused, and a broken invariant that broke again at every
 * delivery, each of which began with the state as stored. All else is unknown and ends in the dead letters.
 */
function permanentlyBad(error: unknown, record: SqsRecord, { spec, logger }: Context): QuarantineEntry | null {
  if (error instanceof RefusedMessageError) return quarantineEntry(record, error.refusal);
  const deliveries = Number(record.attributes.ApproximateReceiveCount);
  if (!(error instanceof AssertionError) || deliveries < spec.maxReceiveCount) return null;
  logger.error({ err: error, deliveries, bug: true }, 'a bug stopped the message at every delivery');
  const fix = 'A bug of ours: report this line. After the fix, ./jules queues redrive quarantine sends it again.';
  return quarantineEntry(record, { reason: 'broken-invariant', field: 'body', value: error.message, fix });
}

async function handleMessage(
  read: Extract<ReadResult, { kind: 'message' }>,
  context: Context,
  invocation: Invocation,
): Promise<void> {
  const { id: messageId, traceparent } = read.message;
  const logger = context.logger.child({ consumer: context.consumer, messageId, traceparent });
  const committed = await context.database.transaction((repositories) =>
    decide(read, repositories, { ...context, logger, invocation }),
  );
  if (committed.isRepeat) logRepeat(committed.outgoing.length, read.route, logger);
  for (const effect of committed.effects) runEffect(effect, logger);
  // A queue drops what it has seen within minutes, so an answer given again needs an attempt of its own.
  const attempt = committed.isRepeat ? Math.floor(context.clock.nowMs()) : 0;
  await publish(committed.outgoing, attempt, { ...context, logger });
}

/** Known by its id, a repeat has no effect; its answers are kept until its session is closed or its run is left for another. */
function logRepeat(answers: number, { alwaysAnswers }: Route, logger: Logger): void {
  if (answers > 0 || !alwaysAnswers) logger.debug({ answers }, 'handled before: answered again');
  else logger.info({ reason: 'late' }, 'late: handled before, and its session is over, so it has no effect or answer');
}

/** Parked messages count as handled: a retry would fail the same way and hold up the good ones behind it. */
async function park(entry: QuarantineEntry, record: SqsRecord, context: Context): Promise<void> {
  await context.database.transaction((repositories) => repositories.quarantine.add([entry]));
  const { source, reason, field, value, fix } = entry;
  context.logger.warn(
    { consumer: context.consumer, sqsMessageId: record.messageId, source, reason, field, value, fix },
    'message parked in quarantine',
  );
}

/** Runs inside the transaction. */
async function decide(
  read: Extract<ReadResult, { kind: 'message' }>,
  repositories: Repositories,
  context: Context & { readonly invocation: Invocation },
): Promise<Committed> {
  const { consumer, clock, logger, invocation } = context;
  if (!(await repositories.inbox.claim(consumer, read.message.id))) {
    return { isRepeat: true, effects: [], outgoing: await repositories.outbox.causedBy(consumer, read.message.id) };
  }

  const effects: (() => void)[] = [];
  const afterCommit = (effect: () => void): void => void effects.push(effect);
  const drafts = await read.route.handle(read.message, { repositories, clock, logger, afterCommit });
  const outgoing = drafts.map((draft) => sealMessage(draft, { cause: read.message, consumer, nowMs: clock.nowMs() }));
  for (const message of outgoing) assertFits(message, context.topology);
  if (outgoing.length > 0) await repositories.outbox.add(consumer, read.message.id, outgoing);
  // Whoever waited has heard that it failed, so it must not commit behind their back.
  if (invocation.expired) throw new DeadlineError(`message ${read.message.id} was handled too late to commit`);
  return { isRepeat: false, effects, outgoing };
}

/** Checked before the commit: an unsendable message in the outbox would be retried for ever. */
function assertFits(message: OutgoingMessage, topology: Topology): void {
  const bytes = bodyOf(message.envelope).length;
  const { messageBytesMax, queueName } = topology.queues[message.queue];
  assert(
    bytes + ATTRIBUTE_BYTES <= messageBytesMax,
    `message ${message.envelope.id} of ${bytes} bytes fits ${queueName}, which takes ${messageBytesMax}`,
  );
}

function runEffect(effect: () => void, logger: Logger): void {
  try {
    effect();
  } catch (error) {
    logger.error({ err: error, bug: true }, 'an effect after the commit failed');
  }
}

/** Sends in order and stops at the first failure, so that the sweeper sends the rest in order too. */
async function publish(outgoing: readonly OutgoingMessage[], attempt: number, context: Context): Promise<void> {
  const sent: string[] = [];
  try {
    for (const message of outgoing) {
      await context.queue.send(message, attempt);
      sent.push(message.envelope.id);
    }
  } catch (error) {
    context.logger.warn(
      { err: error, unsent: outgoing.length - sent.length },
      'publishing failed: left to the sweeper',
    );
  }
  if (sent.length > 0) await markSent(sent, context);
}

async function markSent(sent: readonly string[], context: Context): Promise<void> {
  try {
    await context.markPublished(sent);
  } catch (error) {
    context.logger.warn(
      { err: error, sent: sent.length },
      'sent but not marked as sent: the sweeper may send a duplicate',
    );
  }
}

function markInTransaction(database: Database, messageIds: readonly string[]): Promise<void> {
  return database.transaction((repositories) => repositories.outbox.markPublished(messageIds));
}

function logFailure(error: unknown, record: SqsRecord, { logger, consumer }: Context): void {
  const fields = {
    consumer,
    sqsMessageId: record.messageId,
    receiveCount: Number(record.attributes.ApproximateReceiveCount),
    err: error,
  };
  if (error instanceof BehindFailedError) logger.debug(fields, 'not handled: behind a failed message');
  else if (error instanceof AssertionError) logger.error({ ...fields, bug: true }, 'a bug stopped the message');
  else logger.warn(fields, 'message failed: it will be delivered again');
}

function specOf(consumer: ConsumerName, topology: Topology): QueueSpec {
  const spec = Object.values(topology.queues).find((queue) => queue.consumer === consumer);
  assert(spec !== undefined, `consumer ${consumer} has a queue in the topology`);
  return spec;
}
