/**
 * What has to happen now and then, one task a call: messages that were committed and never sent, and partitions ahead
 * of the clock. The embedded host does both by itself; elsewhere an event rule calls.
 */

import type { Logger } from '../../shared/ports/logger.ts';

export interface UpkeepTasks {
  /** Sends what was committed and never sent; the number of messages. */
  sweep(): Promise<unknown>;
  /** Makes the partitions of the coming weeks and drops expired messages. */
  maintain(): Promise<unknown>;
}

/** A rule asks for a task that does not exist. */
class TaskError extends Error {
  override readonly name = 'TaskError';
}

/** Throws TaskError, or what the task throws: the next call of the rule tries again. */
export function createUpkeep({ tasks, logger }: { readonly tasks: UpkeepTasks; readonly logger: Logger }) {
  return async (event: unknown): Promise<void> => {
    const { task } = (event ?? {}) as { readonly task?: unknown };
    if (task !== 'sweep' && task !== 'maintain') {
      throw new TaskError(`task is ${JSON.stringify(task) ?? 'missing'}: send { "task": "sweep" } or "maintain"`);
    }
    await tasks[task]();
    logger.debug({ task }, 'upkeep done');
  };
}
