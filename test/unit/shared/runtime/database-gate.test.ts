/**
 * The gate closes when the database goes away and opens when it answers again.
 */

import { describe, expect, it } from 'vitest';
import { createDatabaseGate } from '../../../../shared/runtime/database-gate.ts';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';
import type { Database, Repositories } from '../../../../shared/ports/repositories.ts';
import { stepClock } from '../../../support/core/step-clock.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const RUNNING = new AbortController().signal;

class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly retryable: boolean;
  constructor(retryable: boolean) {
    super('database');
    this.retryable = retryable;
  }
}

function setUp() {
  const state: { answer: Error | 'hangs' | null; transactions: number } = { answer: null, transactions: 0 };
  const database: Database = {
    async transaction(work) {
      state.transactions += 1;
      if (state.answer === 'hangs') return new Promise<never>(() => undefined);
      if (state.answer !== null) throw state.answer;
      return work({} as Repositories);
    },
    close: () => Promise.resolve(),
  };
  const clock = stepClock();
  const gate = createDatabaseGate({ database, clock, logger });
  const wait = (signal = RUNNING) => {
    const waiter = { passed: false };
    void gate.waitUntilUp(signal).then(() => {
      waiter.passed = true;
    });
    return waiter;
  };
  const touch = () => gate.database.transaction(async () => undefined).catch(() => undefined);
  return { state, clock, gate, wait, touch };
}

describe('the gate before the pollers', () => {
  it('stands open and asks nothing while transactions succeed', async () => {
    const { state, clock, gate, touch, wait } = setUp();
    await touch();
    const waiter = wait();
    await clock.advance(0);
    expect([waiter.passed, gate.isUp, state.transactions]).toEqual([true, true, 1]);
  });

  it('closes when the database is away and opens for all when it answers', async () => {
    const { state, clock, gate, touch, wait } = setUp();
    state.answer = new DatabaseError(true);
    await touch();
    const waiters = [wait(), wait()];
    await clock.advance(1_000);
    expect([gate.isUp, ...waiters.map((waiter) => waiter.passed)]).toEqual([false, false, false]);
    state.answer = null;
    await clock.advance(2_000);
    expect([gate.isUp, ...waiters.map((waiter) => waiter.passed)]).toEqual([true, true, true]);
  });

  it('asks less and less often, at most every two seconds', async () => {
    const { state, clock, touch, wait } = setUp();
    state.answer = new DatabaseError(true);
    await touch();
    wait();
    await clock.advance(60_000);
    expect(state.transactions).toBeGreaterThan(30);
    expect(state.transactions).toBeLessThan(40);
  });

  it.each([
    ['a statement that will never succeed', new DatabaseError(false)],
    ['an error of the handler', new Error('handler')],
  ])('stays open after %s', async (_name, error) => {
    const { state, gate, touch } = setUp();
    state.answer = error;
    await touch();
    expect(gate.isUp).toBe(true);
  });

  it('probes once after a suspicion, and treats a database that hangs as away', async () => {
    const { state, clock, gate, wait } = setUp();
    state.answer = 'hangs';
    gate.suspect();
    const waiter = wait();
    await clock.advance(10_000);
    expect(waiter.passed).toBe(false);
    state.answer = null;
    await clock.advance(5_000);
    expect(waiter.passed).toBe(true);
  });

  it('lets a poller go that stops, and goes on probing for the others', async () => {
    const { state, clock, touch, wait } = setUp();
    state.answer = new DatabaseError(true);
    await touch();
    const stopping = new AbortController();
    const stopped = wait(stopping.signal);
    const other = wait();
    stopping.abort();
    await clock.advance(2_000);
    expect([stopped.passed, other.passed]).toEqual([true, false]);
    state.answer = null;
    await clock.advance(2_000);
    expect(other.passed).toBe(true);
  });
});
