/**
 * A run that goes on at a pace without pulses: what the wall clock's pulses have noticed is over once the runner answers.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { sendAllClear } from '../../../gateway/minutes/pulse.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import { SESSION } from '../../support/core/core.ts';
import { runOn, SMALL_MARKET } from '../../support/core/core-markets.ts';
import { stepClock } from '../../support/core/step-clock.ts';
import { createMemoryDatabase } from '../../support/memory/memory-database.ts';
import { createMemoryQueue } from '../../support/memory/memory-queue.ts';
import { hurriedClock } from '../../support/trading/hurried-clock.ts';
import { decide, feel, openRisk, say, stateOf } from '../../support/trading/risk-bench.ts';
import { playStack } from '../../support/trading/trading-stack.ts';
import { sourceOf } from '../../support/trading/trading.ts';
import { NO_TROUBLE, Trouble } from '../../support/trading/trouble.ts';

const AT_FIRST = { session: SESSION, minutes: 390, minuteIndex: -1 };
const START_MS = SESSION.openMs + 10 * 60_000;

function begin({ isUp = true }: { isUp?: boolean } = {}) {
  const runner = { isUp };
  const stopping = new AbortController();
  const queue = createMemoryQueue();
  const clock = stepClock(START_MS);
  const logger = createLogger({ name: 'test', level: 'silent' });
  const parts = { runId: 'run-1', queue, clock, logger, isRunnerUp: async () => runner.isUp };
  let isWaiting = true;
  const beginning = sendAllClear(parts, AT_FIRST, stopping.signal).finally(() => {
    isWaiting = false;
  });
  onTestFinished(async () => {
    stopping.abort();
    await beginning;
  });
  return { runner, queue, clock, beginning, isWaiting: () => isWaiting };
}

describe('a run that goes on without pulses', () => {
  it('reduces no longer for a feed and a runner that nobody watches any more; an operator’s halt stands', async () => {
    const bench = await openRisk();
    await decide(bench);
    await feel(bench, { feedState: 'dead', runnerState: 'down' });
    await say(bench, { command: 'halt' });
    bench.restart();
    const { queue, beginning } = begin();
    await beginning;
    expect(queue.sent.map(({ queue: name }) => name)).toEqual(['signals']);
    for (const { envelope } of queue.sent) expect(await bench.deliver(envelope)).toBe(true);
    expect(stateOf(await decide(bench, { minuteIndex: 1 }))).toBe('HALTED OPERATOR_HALT');
  });

  it('says nothing before the runner answers, and then says it once', async () => {
    const { runner, queue, clock, isWaiting } = begin({ isUp: false });
    await clock.advance(4_000);
    expect([queue.sent.length, isWaiting()]).toEqual([0, true]);
    await clock.advance(2_000);
    expect([queue.sent.length, isWaiting()]).toEqual([0, false]);
    runner.isUp = true;
    await clock.advance(60_000);
    expect(queue.sent.map(({ envelope }) => envelope.data)).toMatchObject([{ feedState: 'live', runnerState: 'up' }]);
  });

  it('tries again where it could not be sent', async () => {
    const { queue, clock } = begin();
    queue.failure = new Error('the queue is away');
    await clock.advance(400);
    queue.failure = null;
    await clock.advance(1_000);
    expect(queue.sent).toHaveLength(1);
  });
});

it('sends no minute before what a session begins with is done', async () => {
  const input = runOn(SMALL_MARKET, { policy: 'rule' });
  const clock = hurriedClock();
  const database = createMemoryDatabase({ nowMs: () => clock.nowMs() });
  const dataDir = mkdtempSync(join(tmpdir(), 'jules-pace-'));
  const stopping = new AbortController();
  const begun = Promise.withResolvers<undefined>();
  const onSession = vi.fn<() => Promise<undefined>>(() => begun.promise);
  const journal = { append: async () => undefined };
  const parts = { config: input.config, source: sourceOf(input), database, clock, dataDir, journal, onSession };
  const playing = playStack({ ...parts, trouble: new Trouble(NO_TROUBLE, 1), stop: stopping.signal });
  onTestFinished(async () => {
    begun.resolve(undefined);
    stopping.abort();
    await playing;
    rmSync(dataDir, { recursive: true, force: true });
  });
  await vi.waitFor(() => expect(onSession).toHaveBeenCalledOnce(), { timeout: 5_000 });
  await pause(50);
  expect(database.outbox).toEqual([]);
  begun.resolve(undefined);
  await vi.waitFor(() => expect(database.outbox.length).toBeGreaterThan(0), { timeout: 5_000 });
});
