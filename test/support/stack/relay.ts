/**
 * A stand-in for the three functions: each passes the minute on, so that a test or a measurement sees only the way.
 */

import type { HostedFunction } from '../../../local/host/host.ts';
import { type HandlerContext, type MessageDraft, route } from '../../../shared/ports/handler.ts';
import type { ConsumerName, QueueName } from '../../../shared/topology.ts';
import { type NoteData, noteV1 } from '../messages/messages.ts';

export type RelayHandle = (data: NoteData, context: HandlerContext) => Promise<void>;

const WAY: readonly { consumer: ConsumerName; next: QueueName }[] = [
  { consumer: 'ingest', next: 'bars-ready' },
  { consumer: 'signal', next: 'signals' },
  { consumer: 'risk', next: 'orders' },
];

export function relayFunctions(handle: RelayHandle = async () => undefined): HostedFunction[] {
  return WAY.map(({ consumer, next }) => ({
    consumer,
    routes: [
      route(noteV1, async (message, context) => {
        await handle(message.data, context);
        return [draft(next, `${consumer}/${message.data.text}`, message.data)];
      }),
    ],
  }));
}

function draft(queue: QueueName, id: string, data: NoteData): MessageDraft {
  return { queue, contract: noteV1, id, occurredAt: 0, data };
}
