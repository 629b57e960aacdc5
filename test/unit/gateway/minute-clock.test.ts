/**
 * When the next minute closes, at every speed, on a clock that the test moves.
 */

import { describe, expect, it } from 'vitest';
import { createMinuteClock } from '../../../gateway/minute-clock.ts';
import type { PaceConfig } from '../../../shared/ports/stack-status.ts';
import { stepClock } from '../../support/core/step-clock.ts';

const MINUTE_MS = 60_000;
const never = new AbortController().signal;

function setUp(config: PaceConfig) {
  const clock = stepClock(0);
  const minuteClock = createMinuteClock(config, clock);
  let closes = 0;
  const next = async (): Promise<void> => {
    await minuteClock.nextClose(never);
    closes += 1;
  };
  return { clock, minuteClock, next, closes: () => closes };
}

describe('the minute clock', () => {
  it('closes a minute every minute in real time', async () => {
    const { clock, next, closes } = setUp({ kind: 'realtime' });
    const closing = next();
    await clock.advance(MINUTE_MS - 1);
    expect(closes()).toBe(0);
    await clock.advance(1);
    await closing;
    expect(closes()).toBe(1);
  });

  it('closes minutes faster by the factor of its speed', async () => {
    const { clock, next, closes } = setUp({ kind: 'speed', factor: 60 });
    const closing = next();
    await clock.advance(1_000);
    await closing;
    expect(closes()).toBe(1);
  });

  it('counts from the last close, so that work in between costs no time', async () => {
    const { clock, next } = setUp({ kind: 'realtime' });
    const first = next();
    await clock.advance(MINUTE_MS);
    await first;
    await clock.advance(20_000);
    const second = next();
    await clock.advance(40_000);
    await second;
    expect(clock.slept).toEqual([MINUTE_MS, 40_000]);
  });

  it('does not catch up with a minute that was late', async () => {
    const { clock, next } = setUp({ kind: 'realtime' });
    await clock.advance(5 * MINUTE_MS);
    await next();
    expect(clock.slept).toEqual([]);
    const second = next();
    await clock.advance(MINUTE_MS);
    await second;
    expect(clock.slept).toEqual([MINUTE_MS]);
  });

  it('never waits as fast as possible', async () => {
    const { clock, minuteClock, next, closes } = setUp({ kind: 'max' });
    for (let minute = 0; minute < 3; minute += 1) await next();
    await minuteClock.betweenSessions(never);
    expect(closes()).toBe(3);
    expect(clock.slept).toEqual([]);
  });

  it.each([
    { config: { kind: 'realtime' as const }, waitMs: 5_000 },
    { config: { kind: 'speed' as const, factor: 600 }, waitMs: 500 },
  ])('pauses $waitMs ms between sessions under $config', async ({ config, waitMs }) => {
    const { clock, minuteClock } = setUp(config);
    const pausing = minuteClock.betweenSessions(never);
    await clock.advance(waitMs);
    await pausing;
    expect(clock.slept).toEqual([waitMs]);
  });

  it('stops waiting when it is aborted', async () => {
    const stopping = new AbortController();
    const { minuteClock } = setUp({ kind: 'realtime' });
    const closing = minuteClock.nextClose(stopping.signal);
    stopping.abort();
    await expect(closing).resolves.toBeUndefined();
  });
});
