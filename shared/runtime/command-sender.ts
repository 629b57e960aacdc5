/**
 * Takes an operator's command from the page to the risk stage, in order with the minutes of its run.
 */

import { type CommandData, commandId, commandV2 } from '../contracts/command.v2.ts';
import type { Envelope } from '../contracts/envelope.ts';
import type { Queue } from '../ports/queue.ts';
import { rootTraceparent } from './seal-message.ts';

export interface CommandSender {
  /** The id under which its outcome is recorded. Rejects when the queue does not take it. */
  send(command: CommandData): Promise<string>;
}

export function createCommandSender(parts: { queue: Pick<Queue, 'send'>; runId: string }): CommandSender {
  return {
    async send(command) {
      const envelope = commandEnvelope(parts.runId, command);
      await parts.queue.send({ queue: 'signals', envelope });
      return envelope.id;
    },
  };
}

function commandEnvelope(runId: string, command: CommandData): Envelope<CommandData> {
  const id = commandId(runId, command);
  return {
    type: commandV2.type,
    version: commandV2.version,
    id,
    runId,
    occurredAt: command.issuedAtMs,
    traceparent: rootTraceparent(id),
    stamps: {},
    data: command,
  };
}
