/**
 * A verdict beside its bar: the judge's own is always possible, and what a bar shows by itself cannot be left out of it.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MinuteFrame, PRESENT } from '../../../../../shared/domain/market/frame.ts';
import { FAULT } from '../../../../../shared/domain/quality/faults.ts';
import { QualityStage } from '../../../../../shared/domain/quality/quality.ts';
import {
  applyVerdict,
  isPossibleVerdict,
  type Verdict,
  verdictOf,
} from '../../../../../shared/domain/quality/verdict.ts';
import { type Bar, bar, frameOf } from '../../../../support/core/core.ts';
import { randomTable } from '../../../../support/core/core-markets.ts';

const isPossible = (given: Partial<Bar>, verdict: Verdict): boolean =>
  isPossibleVerdict(frameOf([bar(given)]), 0, verdict);

describe('what the judge says', () => {
  it('of any bar of any market is possible, and makes of it what the judge made', () => {
    const shape = { symbolCount: 2, minutes: 40, priceE4: 1_000_000, moveBps: 40, together: false };
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.constantFrom(60, 700, 3_000_000), (seed, volume) => {
        const table = randomTable({ ...shape, volume, seed, gapRate: 0.1, faultRate: 0.4 });
        const [delivered, judged, stage] = [new MinuteFrame(2), new MinuteFrame(2), new QualityStage(2)];
        for (let minute = 0; minute < shape.minutes; minute++) {
          table.readMinute(minute, delivered);
          table.readMinute(minute, judged);
          stage.step(judged);
          for (const s of [0, 1]) {
            if (delivered.status[s] !== PRESENT) continue;
            const verdict = verdictOf(judged, s);
            expect(isPossibleVerdict(delivered, s, verdict)).toBe(true);
            applyVerdict(delivered, s, verdict);
            expect([delivered.status[s], verdictOf(delivered, s)]).toEqual([judged.status[s], verdict]);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a verdict that cannot be the judge’s', () => {
  it.each<{ what: string; given: Partial<Bar>; verdict: Verdict }>([
    { what: 'believes a bad price', given: { closeE4: -1 }, verdict: { faults: 0, fillableVolume: 100_000 } },
    { what: 'believes a crossed range', given: { highE4: 1 }, verdict: { faults: 0, fillableVolume: 100_000 } },
    { what: 'refuses good prices', given: {}, verdict: { faults: FAULT.PRICE_INVALID, fillableVolume: 0 } },
    { what: 'calls a bad price crossed', given: { lowE4: 0.5 }, verdict: { faults: 2, fillableVolume: 0 } },
    { what: 'fills on a jump', given: {}, verdict: { faults: FAULT.JUMP_UNCONFIRMED, fillableVolume: 5 } },
    { what: 'forgets what the source saw', given: { faults: 32 }, verdict: { faults: 0, fillableVolume: 100_000 } },
    { what: 'fills on no volume', given: { volume: 0 }, verdict: { faults: FAULT.VOLUME_ZERO, fillableVolume: 1 } },
    { what: 'misses no volume', given: { volume: 0 }, verdict: { faults: 0, fillableVolume: 0 } },
    { what: 'takes half a share', given: { volume: 0.5 }, verdict: { faults: 0, fillableVolume: 0.5 } },
    { what: 'sees no volume in some', given: {}, verdict: { faults: FAULT.VOLUME_ZERO, fillableVolume: 0 } },
    { what: 'adds to a volume', given: {}, verdict: { faults: 0, fillableVolume: 100_001 } },
    { what: 'caps a volume silently', given: {}, verdict: { faults: 0, fillableVolume: 99_999 } },
    { what: 'fills on a repeat', given: {}, verdict: { faults: FAULT.STALE_REPEAT, fillableVolume: 100_000 } },
    { what: 'barely caps a spike', given: {}, verdict: { faults: FAULT.VOLUME_SPIKE, fillableVolume: 5_000 } },
    { what: 'caps a spike to nothing', given: {}, verdict: { faults: FAULT.VOLUME_SPIKE, fillableVolume: 0 } },
    { what: 'has a fault of no bar', given: {}, verdict: { faults: FAULT.MISSING, fillableVolume: 100_000 } },
    { what: 'has an unknown fault', given: {}, verdict: { faults: 1 << 25, fillableVolume: 100_000 } },
  ])('$what', ({ given, verdict }) => {
    expect(isPossible(given, verdict)).toBe(false);
  });

  it('differs from one that only the minutes before can tell', () => {
    for (const verdict of [
      { faults: 0, fillableVolume: 100_000 },
      { faults: FAULT.JUMP_UNCONFIRMED, fillableVolume: 0 },
      { faults: FAULT.STALE_REPEAT, fillableVolume: 0 },
      { faults: FAULT.VOLUME_SPIKE, fillableVolume: 4_999 },
      { faults: FAULT.VOLUME_RUNNING_TOTAL, fillableVolume: 1 },
    ]) {
      expect(isPossible({}, verdict)).toBe(true);
    }
  });
});
