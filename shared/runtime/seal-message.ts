/**
 * Turns a handler's draft into the message that leaves: same run and trace as what caused it, one more stamp.
 */

import { createHash } from 'node:crypto';
import type { Envelope, EventContract, Stamps } from '../contracts/envelope.ts';
import type { MessageDraft } from '../ports/handler.ts';
import type { OutgoingMessage } from '../ports/queue.ts';
import type { ConsumerName } from '../topology.ts';

export interface SealContext {
  readonly cause: Envelope<unknown>;
  readonly consumer: ConsumerName;
  readonly nowMs: number;
}

export function sealMessage(draft: MessageDraft, context: SealContext): OutgoingMessage {
  const { cause, consumer, nowMs } = context;
  return {
    queue: draft.queue,
    envelope: {
      type: draft.contract.type,
      version: draft.contract.version,
      id: draft.id,
      runId: cause.runId,
      occurredAt: draft.occurredAt,
      traceparent: childTraceparent(cause.traceparent, draft.id),
      stamps: { ...cause.stamps, [consumer]: nowMs },
      data: draft.data,
    },
  };
}

/**
 * The same trace with a new span, which derives from the message id so that a retry gives the same one.
 *
 * @internal Exported for its tests.
 */
export function childTraceparent(traceparent: string, messageId: string): string {
  const [version = '00', traceId = '', , flags = '01'] = traceparent.split('-');
  return [version, traceId, spanId(`${traceId}/${messageId}`), flags].join('-');
}

/** The first message of a chain: what happens outside the functions begins one. */
export function firstEnvelope<Data>(
  { type, version }: EventContract<Data>,
  address: Pick<Envelope<Data>, 'id' | 'runId' | 'occurredAt'> & { readonly stamps?: Stamps },
  data: Data,
): Envelope<Data> {
  const { id, runId, occurredAt, stamps = {} } = address;
  return { type, version, id, runId, occurredAt, traceparent: rootTraceparent(id), stamps, data };
}

/**
 * The first traceparent of a chain, from whatever names its cause.
 *
 * @internal Exported for its tests.
 */
export function rootTraceparent(messageId: string): string {
  const traceId = createHash('sha256').update(messageId).digest('hex').slice(0, 32);
  return `00-${traceId}-${spanId(messageId)}-01`;
}

function spanId(seed: string): string {
  return createHash('sha256').update(`span/${seed}`).digest('hex').slice(0, 16);
}
