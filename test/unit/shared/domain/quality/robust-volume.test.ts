/**
 * How much of a volume is believed, against a median that is sorted out every time.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT } from '../../../../../shared/domain/quality/faults.ts';
import { RobustVolume } from '../../../../../shared/domain/quality/robust-volume.ts';

/** The rule in words: more than 20 medians of the last 21 is not believed. */
function naive(volumes: readonly number[]): { believed: number; faults: number }[] {
  const believed: number[] = [];
  return volumes.map((volume) => {
    const window = believed.slice(-21).sort((a, b) => a - b);
    const median = window[window.length >> 1] ?? 0;
    const total = believed.reduce((sum, each) => sum + each, 0);
    const isUsual = believed.length < 5 || volume <= 20 * median;
    const faults = volume >= 0.8 * total ? FAULT.VOLUME_RUNNING_TOTAL : FAULT.VOLUME_SPIKE;
    believed.push(isUsual ? volume : median);
    return { believed: believed.at(-1)!, faults: isUsual ? 0 : faults };
  });
}

describe('the volume that is believed', () => {
  it('is the delivered one, or the median of the session where it is 20 times as much', () => {
    const volume = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 20_000 }));
    fc.assert(
      fc.property(fc.array(volume, { maxLength: 60 }), fc.nat(59), (volumes, resetAt) => {
        const robust = new RobustVolume();
        const [before, after] = [volumes.slice(0, resetAt), volumes.slice(resetAt)];
        const judged = [before, after].map((part) => {
          robust.reset();
          return part.map((each) => ({ faults: robust.judge(each), believed: robust.believed }));
        });
        expect(judged).toEqual([naive(before), naive(after)]);
      }),
      { numRuns: 300 },
    );
  });
});
