/**
 * Takes an operator's command from the page to the risk stage, in order with the minutes of its run.
 */

import { type CommandData, commandId, commandV2 } from '../contracts/command.v2.ts';
import type { Queue } from '../ports/queue.ts';
import { firstEnvelope } from './seal-message.ts';

export interface CommandSender {
  /** The id under which its outcome is recorded. Rejects when the queue does not take it. */
  send(command: CommandData): Promise<string>;
}

export function createCommandSender(parts: { queue: Pick<Queue, 'send'>; runId: string }): CommandSender {
  return {
    async send(command) {
      const { runId } = parts;
      const address = { id: commandId(runId, command), runId, occurredAt: command.issuedAtMs };
      const envelope = firstEnvelope(commandV2, address, command);
      await parts.queue.send({ queue: 'signals', envelope });
      return envelope.id;
    },
  };
}
