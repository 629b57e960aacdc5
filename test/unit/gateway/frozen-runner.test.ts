/**
 * A policy runner that stops answering in the middle of a session, with the whole stack around it: the minute waits for
 * it, and nobody calls the market feed late.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { SessionPlayer } from '../../../gateway/session-player.ts';
import { MINUTE_STEPS, minuteId } from '../../../shared/contracts/minute-ids.ts';
import type { MinuteStep } from '../../../shared/ports/report-views.ts';
import type { Runner } from '../../../shared/ports/runner.ts';
import { waitingMinute } from '../../../shared/read-models/waiting-minute.ts';
import { runOn, SMALL_MARKET } from '../../support/core/core-markets.ts';
import { createMemoryDatabase } from '../../support/memory/memory-database.ts';
import { hurriedClock } from '../../support/trading/hurried-clock.ts';
import { inProcessRunner } from '../../support/trading/runner.ts';
import { sourceOf } from '../../support/trading/trading.ts';
import { playStack } from '../../support/trading/trading-stack.ts';
import { NO_TROUBLE, Trouble } from '../../support/trading/trouble.ts';

const FROZEN_AT = 5;
const NEVER = new Promise<never>(() => undefined);

function freezingRunner(): Runner {
  const runner = inProcessRunner();
  return {
    act: (request) =>
      request.inputs.every(({ minuteIndex }) => minuteIndex < FROZEN_AT) ? runner.act(request) : NEVER,
  };
}

it('leaves its minute with the signal function, and the gateway does not wait for the feed', async () => {
  const input = runOn(SMALL_MARKET, { policy: 'rule' });
  const clock = hurriedClock();
  const database = createMemoryDatabase({ nowMs: () => clock.nowMs() });
  const dataDir = mkdtempSync(join(tmpdir(), 'jules-frozen-'));
  const stopping = new AbortController();
  let player: SessionPlayer | null = null;
  const playing = playStack({
    config: input.config,
    source: sourceOf(input),
    database,
    clock,
    dataDir,
    trouble: new Trouble(NO_TROUBLE, 1),
    journal: { append: async () => undefined },
    runner: freezingRunner(),
    onSession: async (next) => {
      player = next;
    },
    stop: stopping.signal,
  });
  onTestFinished(async () => {
    stopping.abort();
    await playing;
    rmSync(dataDir, { recursive: true, force: true });
  });

  const [day] = [...input.sessions];
  const at = { session: day!.session.date, minuteIndex: FROZEN_AT };
  const stepsOf = (): MinuteStep[] =>
    MINUTE_STEPS.flatMap(({ step, type }) => {
      const id = minuteId(type, input.config.runId, at);
      return database.outbox.some(({ envelope }) => envelope.id === id) ? [{ step, atMs: 1 }] : [];
    });
  await vi.waitFor(() => expect(stepsOf()).toHaveLength(2), { timeout: 5_000 });
  await pause(50);

  expect(waitingMinute(FROZEN_AT, stepsOf())?.waitsFor).toBe('the signal function, which asks the policy runner');
  expect(player).toMatchObject({ minuteIndex: FROZEN_AT, feedAwaitedSinceMs: null });
});
