/**
 * Notices consumers that died: what was sent over a connection that has closed is given back at once.
 *
 * Without this, killing the poller that holds the one message of a run stalls that run for a whole visibility
 * timeout. The real service cannot know; a consumer that only lost its connection sees a duplicate, as it may anyway.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { QueueStore, StoredQueue } from './fauxqs-internals.ts';

interface Exchange {
  readonly request: { readonly raw: IncomingMessage; readonly body: unknown };
  readonly reply: { readonly raw: ServerResponse };
}

/** Receipt handles sent over one connection, by queue. */
type Held = Map<StoredQueue, Set<string>>;

/** A hook for every answer before it is sent. Once `stopping` aborts, connections end because we end. */
export function watchConsumers(store: QueueStore, stopping: AbortSignal) {
  const heldBy = new WeakMap<Socket, Held>();
  return async (request: Exchange['request'], reply: Exchange['reply'], payload: unknown): Promise<void> => {
    const queue = queueOf(request.body, store);
    const receiptHandles = receiptHandlesIn(payload);
    if (queue === undefined || receiptHandles.length === 0) return;
    const { socket } = request.raw;
    if (reply.raw.destroyed || socket.destroyed) {
      giveBackUnseen(queue, receiptHandles);
      return;
    }
    const held = heldBy.get(socket) ?? releasedOnClose(socket, stopping);
    heldBy.set(socket, held);
    hold(held, { queue, receiptHandles });
  };
}

function releasedOnClose(socket: Socket, stopping: AbortSignal): Held {
  const held: Held = new Map();
  socket.once('close', () => {
    if (!stopping.aborted) giveBackAll(held);
  });
  return held;
}

function hold(held: Held, { queue, receiptHandles }: { queue: StoredQueue; receiptHandles: readonly string[] }): void {
  const handles = held.get(queue) ?? new Set<string>();
  // Whatever was deleted since is forgotten, so the set stays as small as what is in flight.
  for (const handle of handles) if (!queue.inflightMessages.has(handle)) handles.delete(handle);
  for (const handle of receiptHandles) handles.add(handle);
  held.set(queue, handles);
}

function giveBackAll(held: Held): void {
  for (const [queue, receiptHandles] of held) giveBack(queue, [...receiptHandles]);
}

/** Nobody saw them, so the receive is not counted. */
function giveBackUnseen(queue: StoredQueue, receiptHandles: readonly string[]): void {
  for (const handle of receiptHandles) {
    const message = queue.inflightMessages.get(handle)?.message;
    if (message !== undefined) message.approximateReceiveCount -= 1;
  }
  giveBack(queue, receiptHandles);
}

/** As if their visibility had ended. A disk that takes no write must not lose them: then memory alone knows. */
function giveBack(queue: StoredQueue, receiptHandles: readonly string[]): void {
  const entries = receiptHandles.flatMap((handle) => queue.inflightMessages.get(handle) ?? []);
  if (entries.length === 0) return;
  for (const entry of entries) entry.visibilityDeadline = 0;
  queue.processTimers();
  try {
    for (const { message } of entries) queue.persistence.updateMessageReady(message.messageId);
  } catch {
    // After a restart these wait for their visibility timeout.
  }
}

function queueOf(request: unknown, store: QueueStore): StoredQueue | undefined {
  const { QueueUrl } = (request ?? {}) as { QueueUrl?: unknown };
  return typeof QueueUrl === 'string' ? store.getQueue(QueueUrl) : undefined;
}

function receiptHandlesIn(payload: unknown): string[] {
  if (typeof payload !== 'string' || !payload.includes('"ReceiptHandle"')) return [];
  const { Messages = [] } = JSON.parse(payload) as { Messages?: { ReceiptHandle: string }[] };
  return Messages.map((message) => message.ReceiptHandle);
}
