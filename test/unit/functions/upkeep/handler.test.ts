/**
 * Upkeep does the one task that it is called for, and refuses what it does not know.
 */

import { describe, expect, it, vi } from 'vitest';
import { createUpkeep } from '../../../../functions/upkeep/handler.ts';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';

function upkeep() {
  const tasks = {
    sweep: vi.fn<() => Promise<unknown>>(async () => 1),
    maintain: vi.fn<() => Promise<unknown>>(async () => undefined),
  };
  return { tasks, handler: createUpkeep({ tasks, logger: createLogger({ name: 'test', level: 'silent' }) }) };
}

describe('upkeep', () => {
  it.each(['sweep', 'maintain'] as const)('does %s and nothing else', async (task) => {
    const { tasks, handler } = upkeep();
    await handler({ task });
    expect(tasks.sweep).toHaveBeenCalledTimes(task === 'sweep' ? 1 : 0);
    expect(tasks.maintain).toHaveBeenCalledTimes(task === 'maintain' ? 1 : 0);
  });

  it.each([
    [{ task: 'swep' }, '"swep"'],
    [{}, 'missing'],
    [null, 'missing'],
    [{ task: 'constructor' }, '"constructor"'],
  ])('refuses %j and says what it takes', async (event, named) => {
    const { tasks, handler } = upkeep();
    await expect(handler(event)).rejects.toThrow(
      new RegExp(`task is ${named}: send \\{ "task": "sweep" \\} or "maintain"`),
    );
    expect(tasks.sweep).not.toHaveBeenCalled();
  });

  it('fails when its task fails, so that the rule shows it', async () => {
    const { tasks, handler } = upkeep();
    tasks.sweep.mockRejectedValueOnce(new Error('database away'));
    await expect(handler({ task: 'sweep' })).rejects.toThrow('database away');
  });
});
