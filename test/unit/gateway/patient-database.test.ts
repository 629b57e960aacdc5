/**
 * A transaction outlasts a database that is away, and nothing else.
 */

import { describe, expect, it } from 'vitest';
import { createPatientDatabase } from '../../../gateway/patient-database.ts';
import { createMemoryDatabase } from '../../support/memory/memory-database.ts';
import { MemoryDatabaseError } from '../../support/memory/constraints.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import { createDatabaseGate } from '../../../shared/runtime/database-gate.ts';
import { hurriedClock } from '../../support/trading/hurried-clock.ts';

const away = new MemoryDatabaseError('the server is away', { code: '57P01', retryable: true });

function setUp(signal = new AbortController().signal) {
  const world = createMemoryDatabase();
  const gate = createDatabaseGate({
    database: world,
    clock: hurriedClock(),
    logger: createLogger({ name: 'test', level: 'silent' }),
  });
  const database = createPatientDatabase(gate, signal);
  const claim = () => database.transaction(({ inbox }) => inbox.claim('gateway', 'a'));
  return { world, claim };
}

describe('the patient database', () => {
  it('tries again until the server is back', async () => {
    const { world, claim } = setUp();
    world.outage = away;
    const claiming = claim();
    while (world.refused < 3) await new Promise((resolve) => setImmediate(resolve));
    world.outage = null;
    expect(await claiming).toBe(true);
  });

  it('does again what may have been committed unheard', async () => {
    const { world, claim } = setUp();
    world.failNext(away, 'committed');
    expect(await claim()).toBe(false);
    expect(world.inbox.size).toBe(1);
  });

  it('does not repeat what waiting does not heal', async () => {
    const { world, claim } = setUp();
    world.failNext(new Error('column "x" does not exist'), 'commit');
    await expect(claim()).rejects.toThrow('column "x" does not exist');
  });

  it('stops waiting when its owner stops', async () => {
    const stopping = new AbortController();
    const { world, claim } = setUp(stopping.signal);
    world.outage = away;
    const claiming = claim();
    while (world.refused < 2) await new Promise((resolve) => setImmediate(resolve));
    stopping.abort();
    await expect(claiming).rejects.toThrow('the server is away');
  });
});
