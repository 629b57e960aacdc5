/**
 * Takes an operator's command from the page to the risk stage, in order with the minutes of its run.
 */

import { type CommandData, commandV1 } from '../contracts/command.v1.ts';
import type { Envelope } from '../contracts/envelope.ts';
import type { Queue } from '../ports/queue.ts';
import { rootTraceparent } from './seal-message.ts';

export interface CommandSender {
  /** Rejects when the queue does not take it. */
  send(command: CommandData): Promise<void>;
}

export function createCommandSender(parts: { queue: Pick<Queue, 'send'>; runId: string }): CommandSender {
  return {
    send: (command) => parts.queue.send({ queue: 'signals', envelope: commandEnvelope(parts.runId, command) }),
  };
}

/** Pressed twice in one millisecond is pressed once. */
function commandEnvelope(runId: string, command: CommandData): Envelope<CommandData> {
  const id = `command/${runId}/${command.issuedAtMs}/${command.command}`;
  return {
    type: commandV1.type,
    version: commandV1.version,
    id,
    runId,
    occurredAt: command.issuedAtMs,
    traceparent: rootTraceparent(id),
    stamps: {},
    data: command,
  };
}
