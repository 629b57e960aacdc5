/**
 * A fold in memory counts while nobody else has gone on with the run; else it is loaded again.
 */

import { describe, expect, it } from 'vitest';
import type { Database } from '../../../../shared/ports/repositories.ts';
import { SessionFold } from '../../../../shared/runtime/session-fold.ts';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';
import { createMemoryDatabase } from '../../../support/memory/memory-database.ts';
import { hurriedClock } from '../../../support/trading/hurried-clock.ts';

interface Counted {
  readonly loads: number;
  minutes: number;
}

const clock = hurriedClock();
const logger = createLogger({ name: 'test', level: 'silent' });

/** A process with a fold of its own, which counts how often it was loaded. */
function processOn(database: Database) {
  const folds = new SessionFold<Counted>('risk');
  let loads = 0;
  return {
    async take(given: { runId?: string; fits?: boolean; guard?: Error; failure?: Error } = {}): Promise<Counted> {
      const { runId = 'run-1', fits, guard, failure } = given;
      const effects: (() => void)[] = [];
      const fold = await database.transaction(async (repositories) => {
        const context = { repositories, clock, logger, afterCommit: (effect: () => void) => void effects.push(effect) };
        const opened = await folds.open(runId, context, {
          ...(fits !== undefined && { fits: () => fits }),
          guard: async () => {
            if (guard !== undefined) throw guard;
          },
          load: async () => ({ loads: (loads += 1), minutes: 0 }),
        });
        opened.minutes += 1;
        if (failure !== undefined) throw failure;
        return opened;
      });
      for (const effect of effects) effect();
      return fold;
    },
  };
}

describe('what a process keeps of a run', () => {
  it('is built on while only this process goes on with it', async () => {
    const one = processOn(createMemoryDatabase());
    await one.take();
    await one.take();
    expect(await one.take()).toEqual({ loads: 1, minutes: 3 });
  });

  it('is loaded again once another process has committed a message of the run', async () => {
    const database = createMemoryDatabase();
    const [one, other] = [processOn(database), processOn(database)];
    await one.take();
    await other.take();
    expect(await one.take()).toEqual({ loads: 2, minutes: 1 });
    expect(await one.take()).toEqual({ loads: 2, minutes: 2 });
  });

  it('stays when another process has failed', async () => {
    const database = createMemoryDatabase();
    const [one, other] = [processOn(database), processOn(database)];
    await one.take();
    await expect(other.take({ failure: new Error('rolled back') })).rejects.toThrow('rolled back');
    expect(await one.take()).toEqual({ loads: 1, minutes: 2 });
  });

  it('is loaded again after a message that was rolled back, since it was moved on in place', async () => {
    const one = processOn(createMemoryDatabase());
    await one.take();
    await expect(one.take({ failure: new Error('rolled back') })).rejects.toThrow('rolled back');
    expect(await one.take()).toEqual({ loads: 2, minutes: 1 });
  });

  it('stays when a message was refused before it was touched', async () => {
    const one = processOn(createMemoryDatabase());
    await one.take();
    await expect(one.take({ guard: new Error('late') })).rejects.toThrow('late');
    expect(await one.take()).toEqual({ loads: 1, minutes: 2 });
  });

  it('is loaded again for another run, and for a place it was not made for', async () => {
    const one = processOn(createMemoryDatabase());
    await one.take();
    expect(await one.take({ runId: 'run-2' })).toEqual({ loads: 2, minutes: 1 });
    expect(await one.take({ runId: 'run-2', fits: false })).toEqual({ loads: 3, minutes: 1 });
  });
});
