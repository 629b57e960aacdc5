/**
 * Time in the market, leverage, concentration and turnover.
 */

import { describe, expect, it } from 'vitest';
import { concentration, exposureFraction, leverage, turnover } from '../../../../../shared/domain/metrics/exposure.ts';

describe('exposure', () => {
  it('is the share of bars with a position, long or short', () => {
    expect(exposureFraction([0, 10, 10, -5])).toBe(0.75);
    expect(exposureFraction([])).toBeNaN();
  });
});

describe('leverage', () => {
  it('adds long and short positions', () => {
    expect(leverage([10_000_000, -5_000_000], 25_000_000)).toBe(0.6);
  });

  it.each([0, -1])('is N/A on an equity of %d', (equityE4) => {
    expect(leverage([10_000_000], equityE4)).toBeNaN();
  });
});

describe('concentration', () => {
  it('is 1 for one position and 1/n for n equal ones, whatever their side', () => {
    expect(concentration([0, 7_000_000])).toBe(1);
    expect(concentration([5, -5, 5, 5])).toBe(0.25);
  });

  it('is N/A without a position', () => {
    expect(concentration([0, 0])).toBeNaN();
  });
});

describe('turnover', () => {
  it('counts both sides of a round trip', () => {
    expect(turnover([10_000_000, 10_000_000], [24_000_000, 26_000_000])).toBe(0.8);
  });

  it('is N/A without equity', () => {
    expect(turnover([10_000_000], [])).toBeNaN();
  });
});
