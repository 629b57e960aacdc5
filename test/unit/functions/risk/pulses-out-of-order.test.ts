/**
 * The newest pulse counts, whenever an older one arrives.
 */

import { describe, expect, it } from 'vitest';
import { SESSION } from '../../../support/core/core.ts';
import { decide, feel, openRisk, stateOf, stored } from '../../../support/trading/risk-bench.ts';

describe('a pulse', () => {
  it.each([false, true])('that was sent before another one says nothing (restart: %s)', async (restart) => {
    const bench = await openRisk();
    await decide(bench);
    const sentAtMs = SESSION.openMs + 90_000;
    await feel(bench, { sentAtMs, feedState: 'dead' });
    if (restart) bench.restart();
    await feel(bench, { sentAtMs: sentAtMs - 30_000, runnerState: 'down' });
    expect(stateOf(await decide(bench, { minuteIndex: 1 }))).toBe('REDUCING FEED_DEAD');
    await feel(bench, { sentAtMs: sentAtMs + 30_000 });
    expect(stateOf(await decide(bench, { minuteIndex: 2 }))).toBe('ACTIVE NONE');
    if (restart) bench.restart();
    await feel(bench, { sentAtMs, sequence: 1, feedState: 'dead' });
    expect(stateOf(await decide(bench, { minuteIndex: 3 }))).toBe('ACTIVE NONE');
  });

  it('is heard by an account that was stored before pulses were told apart', async () => {
    const bench = await openRisk();
    await decide(bench);
    expect(JSON.parse(stored(bench)!.snapshot)).not.toHaveProperty('pulsedAtMs');
    bench.restart();
    await feel(bench, { feedState: 'dead' });
    expect(stateOf(await decide(bench, { minuteIndex: 1 }))).toBe('REDUCING FEED_DEAD');
  });
});
