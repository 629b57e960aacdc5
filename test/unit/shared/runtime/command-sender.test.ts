/**
 * An operator's command becomes one message in the queue of its run.
 */

import { describe, expect, it } from 'vitest';
import { createCommandSender } from '../../../../shared/runtime/command-sender.ts';
import { createMemoryQueue } from '../../../support/memory/memory-queue.ts';
import { commandV2 } from '../../../../shared/contracts/command.v2.ts';

const COMMAND = {
  command: 'halt',
  cause: 'OPERATOR_HALT',
  reason: 'checking a fill',
  operator: 'page',
  issuedAtMs: 1_735_914_600_000,
} as const;

describe('a command from the page', () => {
  it('goes to the risk stage as a valid message of the run', async () => {
    const queue = createMemoryQueue();
    const id = await createCommandSender({ queue, runId: 'run-1' }).send(COMMAND);
    expect(queue.sent[0]?.envelope.id).toBe(id);
    expect(queue.sent).toMatchObject([{ queue: 'signals', envelope: { runId: 'run-1', data: COMMAND } }]);
    expect(commandV2.schema.safeParse(queue.sent[0]?.envelope)).toMatchObject({ success: true });
  });

  it('is rejected when the queue does not take it', async () => {
    const queue = createMemoryQueue();
    queue.failure = new Error('endpoint away');
    await expect(createCommandSender({ queue, runId: 'run-1' }).send(COMMAND)).rejects.toThrow('endpoint away');
  });
});
