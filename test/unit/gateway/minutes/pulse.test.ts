/**
 * The pulse of a live clock: how old the feed is and whether the runner answers, every half minute.
 */

import { describe, expect, it, onTestFinished } from 'vitest';
import { type PulseParts, runPulses } from '../../../../gateway/minutes/pulse.ts';
import { createMemoryQueue } from '../../../support/memory/memory-queue.ts';
import { createLogger } from '../../../../shared/adapters/system/logger.ts';
import { type PulseData, pulseV1 } from '../../../../shared/contracts/pulse.v1.ts';
import { SESSION } from '../../../support/core/core.ts';
import { stepClock } from '../../../support/core/step-clock.ts';

const INTERVAL_MS = 30_000;
const START_MS = SESSION.openMs + 60_000;

type Player = NonNullable<ReturnType<PulseParts['player']>>;

function setUp({ isRunnerUp = async () => true }: { isRunnerUp?: () => Promise<boolean> } = {}) {
  const clock = stepClock(START_MS);
  const queue = createMemoryQueue();
  const stopping = new AbortController();
  const at = {
    session: SESSION,
    minutes: 390,
    minuteIndex: 0,
    closedMs: START_MS,
    feedAwaitedSinceMs: START_MS as number | null,
    isOver: false,
  };
  const current: { player: typeof at | null } = { player: at };
  const logger = createLogger({ name: 'test', level: 'silent' });
  const running = runPulses(
    {
      runId: 'run-1',
      queue,
      clock,
      logger,
      intervalMs: INTERVAL_MS,
      isRunnerUp,
      player: () => current.player as Player | null,
    },
    stopping.signal,
  );
  onTestFinished(async () => {
    stopping.abort();
    await running;
  });
  const pulses = () => queue.sent.map(({ envelope }) => envelope.data as PulseData);
  return { clock, queue, current, at, pulses };
}

describe('the pulse', () => {
  it('is a message that its schema takes, to risk, every interval, each with an id of its own', async () => {
    const { clock, queue } = setUp();
    await clock.advance(2 * INTERVAL_MS);
    expect(queue.sent).toHaveLength(2);
    for (const { queue: name, envelope } of queue.sent) {
      expect(name).toBe('signals');
      expect(pulseV1.schema.parse(JSON.parse(JSON.stringify(envelope)))).toEqual(envelope);
    }
    expect(new Set(queue.sent.map(({ envelope }) => envelope.id)).size).toBe(2);
  });

  it('says how old the feed is: live, stale after 90 s, dead after 180 s', async () => {
    const { clock, at, pulses } = setUp();
    await clock.advance(7 * INTERVAL_MS);
    expect(pulses().map(({ feedAgeMs, feedState }) => [feedAgeMs / 1_000, feedState])).toEqual([
      [30, 'live'],
      [60, 'live'],
      [90, 'live'],
      [120, 'stale'],
      [150, 'stale'],
      [180, 'stale'],
      [210, 'dead'],
    ]);
    at.closedMs = clock.nowMs();
    at.feedAwaitedSinceMs = clock.nowMs();
    await clock.advance(INTERVAL_MS);
    expect(pulses().at(-1)).toMatchObject({ feedState: 'live' });
  });

  it('does not call the feed silent while a minute waits for its decision, however long the runner takes', async () => {
    const { clock, at, pulses } = setUp({ isRunnerUp: async () => false });
    at.feedAwaitedSinceMs = null;
    await clock.advance(10 * INTERVAL_MS);
    expect(new Set(pulses().map(({ feedState }) => feedState))).toEqual(new Set(['live']));
    expect(pulses().at(-1)).toMatchObject({ feedAgeMs: 300_000, runnerState: 'down' });
    at.feedAwaitedSinceMs = clock.nowMs();
    await clock.advance(4 * INTERVAL_MS);
    expect(pulses().at(-1)).toMatchObject({ feedState: 'stale' });
  });

  it('says whether the runner answers', async () => {
    let up = false;
    const { clock, pulses } = setUp({ isRunnerUp: async () => up });
    await clock.advance(INTERVAL_MS);
    up = true;
    await clock.advance(INTERVAL_MS);
    expect(pulses().map(({ runnerState }) => runnerState)).toEqual(['down', 'up']);
  });

  it('rests between sessions and before the first minute', async () => {
    const { clock, current, at, pulses } = setUp();
    current.player = null;
    await clock.advance(INTERVAL_MS);
    current.player = at;
    at.minuteIndex = -1;
    await clock.advance(INTERVAL_MS);
    expect(pulses()).toEqual([]);
  });

  it('rests when the session is over, however silent the feed', async () => {
    const { clock, at, pulses } = setUp();
    at.isOver = true;
    await clock.advance(10 * INTERVAL_MS);
    expect(pulses()).toEqual([]);
  });

  it('goes on after one that could not be sent', async () => {
    const { clock, queue, pulses } = setUp();
    queue.failure = new Error('the queue is away');
    await clock.advance(INTERVAL_MS);
    queue.failure = null;
    await clock.advance(INTERVAL_MS);
    expect(pulses().map(({ sequence }) => sequence)).toEqual([1]);
  });
});
