/**
 * Mean, deviation, skew and tails of a series, worked out by hand.
 */

import { describe, expect, it } from 'vitest';
import {
  downsideDeviation,
  excessKurtosis,
  mean,
  skewness,
  standardDeviation,
  varies,
} from '../../../../../shared/domain/metrics/moments.ts';

describe('moments', () => {
  it('are those of a hand-computed series', () => {
    const values = [1, 2, 3, 4, 10];
    // Deviations −3 −2 −1 0 6: squares sum to 50, cubes to 180, fourth powers to 1394.
    expect(mean(values)).toBe(4);
    expect(standardDeviation(values)).toBeCloseTo(Math.sqrt(50 / 4), 12);
    expect(skewness(values)).toBeCloseTo(36 / 10 ** 1.5, 12);
    expect(excessKurtosis(values)).toBeCloseTo(278.8 / 100 - 3, 12);
  });

  it.each([
    ['mean', mean([])],
    ['standard deviation', standardDeviation([1])],
    ['skewness', skewness([1, 2])],
    ['kurtosis', excessKurtosis([1, 2])],
    ['skewness of a constant', skewness([5, 5, 5, 5])],
  ])('of too little say so: %s', (_, value) => {
    expect(value).toBeNaN();
  });

  it('see through the rounding of a constant series', () => {
    expect(varies(Array<number>(1_000).fill(0.1))).toBe(false);
    expect(varies([0.1, 0.1 + 1e-9])).toBe(true);
  });

  it('measure the deviation below zero over all values, gains as zero', () => {
    expect(downsideDeviation([0.03, -0.04, 0.05, 0])).toBe(0.02);
  });
});
