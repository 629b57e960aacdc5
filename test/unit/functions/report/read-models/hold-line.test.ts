/**
 * Buy and hold: equal parts at the first open, marks carried over gaps.
 */

import { describe, expect, it } from 'vitest';
import { HoldLine } from '../../../../../functions/report/read-models/hold-line.ts';

describe('HoldLine', () => {
  it('splits the start equally and moves with the closes', () => {
    const line = new HoldLine(['AAPL', 'MSFT'], 2_000);
    line.add({ minuteIndex: 0, symbol: 'AAPL', openE4: 100, closeE4: 110 });
    line.add({ minuteIndex: 0, symbol: 'MSFT', openE4: 200, closeE4: 190 });
    expect(line.valuesE4(0)).toEqual([1_000 * 1.1 + 1_000 * 0.95]);
  });

  it('keeps a symbol in cash until its first bar and carries its mark over a gap', () => {
    const line = new HoldLine(['AAPL'], 1_000);
    line.add({ minuteIndex: 1, symbol: 'AAPL', openE4: 100, closeE4: 120 });
    line.add({ minuteIndex: 3, symbol: 'AAPL', openE4: 100, closeE4: 90 });
    expect(line.valuesE4(3)).toEqual([1_000, 1_200, 1_200, 900]);
  });

  it('is the same whatever the order and the repetition of its bars', () => {
    const bars = [
      { minuteIndex: 0, symbol: 'AAPL', openE4: 100, closeE4: 101 },
      { minuteIndex: 1, symbol: 'AAPL', openE4: 101, closeE4: 103 },
    ];
    const forward = new HoldLine(['AAPL'], 1_000);
    const backward = new HoldLine(['AAPL'], 1_000);
    for (const bar of [...bars, ...bars]) forward.add(bar);
    for (const bar of bars.toReversed()) backward.add(bar);
    expect(backward.valuesE4(1)).toEqual(forward.valuesE4(1));
    expect(forward.valuesE4(1)[1]).toBeCloseTo(1_030, 9);
  });
});
