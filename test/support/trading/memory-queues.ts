/**
 * The queues of a whole stack in memory: ordered, one message in flight, at least once, deduplicated by id and attempt.
 *
 * Messages travel as the text that the SQS adapter would send, with their id beside it, may be damaged on the way, and
 * may be delivered again late.
 */

import { messageBody } from '../../../shared/adapters/sqs/sqs-queue.ts';
import type { OutgoingMessage, Queue, ReceiveOptions } from '../../../shared/ports/queue.ts';
import type { SqsRecord } from '../../../shared/ports/sqs-event.ts';
import type { RecordQueue } from '../../../shared/runtime/poller.ts';
import { QUEUE_NAMES, type QueueName, type Topology } from '../../../shared/topology.ts';

interface Message {
  readonly id: string;
  /** What travels beside the body; empty for a stranger's. */
  readonly messageId: string;
  readonly group: string;
  readonly body: string;
  receives: number;
}

interface State {
  readonly waiting: Message[];
  inFlight: Message | null;
  wake: (() => void) | null;
}

export interface MemoryQueuesOptions {
  readonly topology: Topology;
  /** Asked for each message handled: after how many further sends it is delivered once more; null: never. */
  readonly comesAgainAfter?: () => number | null;
  /** The body that arrives instead of the one sent. */
  readonly damage?: (queue: QueueName, messageId: string, body: string) => string;
}

export class MemoryQueues implements RecordQueue, Pick<Queue, 'send'> {
  readonly #options: MemoryQueuesOptions;
  readonly #states: ReadonlyMap<QueueName, State>;
  readonly #seen = new Set<string>();
  #late: { queue: QueueName; message: Message; sendsLeft: number }[] = [];
  #sent = 0;

  constructor(options: MemoryQueuesOptions) {
    this.#options = options;
    this.#states = new Map(QUEUE_NAMES.map((name) => [name, { waiting: [], inFlight: null, wake: null }]));
  }

  async send(message: OutgoingMessage, attempt = 0): Promise<void> {
    const sent = messageBody(message, this.#options.topology.queues[message.queue]);
    const { id, runId } = message.envelope;
    const key = `${message.queue}/${id}/${attempt}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const body = this.#options.damage?.(message.queue, id, sent) ?? sent;
    this.put(message.queue, body, runId, id);
    this.#deliverLate();
  }

  /** Puts any text into a queue, as a stranger could. */
  put(queue: QueueName, body: string, group: string, messageId = ''): void {
    this.#sent += 1;
    this.#enqueue(queue, { id: `sqs-${this.#sent}`, messageId, group, body, receives: 0 });
  }

  /** Waits for a message as long as the signal lets it. */
  async receiveRecords(queue: QueueName, { signal }: ReceiveOptions): Promise<SqsRecord[]> {
    const state = this.#state(queue);
    while (!signal?.aborted) {
      const next = state.inFlight === null ? state.waiting.shift() : undefined;
      if (next !== undefined) {
        state.inFlight = next;
        next.receives += 1;
        return [this.#record(queue, next)];
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      state.wake = resolve;
      signal?.addEventListener('abort', () => resolve(), { once: true });
      await promise;
    }
    return [];
  }

  async delete(queue: QueueName, receiptHandle: string): Promise<void> {
    const state = this.#state(queue);
    const message = state.inFlight;
    if (message?.id !== receiptHandle) return;
    state.inFlight = null;
    state.wake?.();
    const sendsLeft = this.#options.comesAgainAfter?.() ?? null;
    if (sendsLeft !== null) this.#late.push({ queue, message, sendsLeft });
  }

  /** Whatever the delay asked for, the next poll gets it. */
  async release(queue: QueueName, receiptHandle: string): Promise<void> {
    if (this.#state(queue).inFlight?.id === receiptHandle) this.recover(queue);
  }

  /** Gives back what a dead consumer held. */
  recover(queue: QueueName): void {
    const state = this.#state(queue);
    if (state.inFlight === null) return;
    state.waiting.unshift(state.inFlight);
    state.inFlight = null;
    state.wake?.();
  }

  /** Messages in these queues, in flight or not. */
  depth(queues: readonly QueueName[]): number {
    return queues.reduce((sum, queue) => {
      const { waiting, inFlight } = this.#state(queue);
      return sum + waiting.length + (inFlight === null ? 0 : 1);
    }, 0);
  }

  /** Delivers at once what would have come again later. */
  flushLate(): void {
    const late = this.#late;
    this.#late = [];
    for (const { queue, message } of late) this.#enqueue(queue, message);
  }

  #deliverLate(): void {
    const due = this.#late.filter((late) => (late.sendsLeft -= 1) <= 0);
    this.#late = this.#late.filter((late) => !due.includes(late));
    for (const { queue, message } of due) this.#enqueue(queue, message);
  }

  #enqueue(queue: QueueName, message: Message): void {
    const state = this.#state(queue);
    state.waiting.push(message);
    state.wake?.();
  }

  #state(queue: QueueName): State {
    return this.#states.get(queue)!;
  }

  #record(queue: QueueName, { id, messageId, group, body, receives }: Message): SqsRecord {
    const { queueName } = this.#options.topology.queues[queue];
    return {
      messageId: id,
      receiptHandle: id,
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: '0',
        SenderId: 'test',
        ApproximateFirstReceiveTimestamp: '0',
        MessageGroupId: group,
      },
      messageAttributes: messageId === '' ? {} : { id: { dataType: 'String', stringValue: messageId } },
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queueName}`,
      awsRegion: 'us-east-1',
    };
  }
}
