/**
 * The arithmetic of the generator against the engine's and against tables.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactExp, normalQuantile } from '../../../../../../shared/domain/market/generator/exact-math.ts';

describe('exact arithmetic', () => {
  it('agrees with the exponential of the engine', () => {
    fc.assert(
      fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (x) => {
        expect(Math.abs(exactExp(x) / Math.exp(x) - 1)).toBeLessThan(1e-13);
      }),
    );
  });

  it.each([
    // Source: tables of the normal distribution.
    [0.5, 0],
    [0.8413447460685429, 1],
    [0.975, 1.959963984540054],
    [0.0013498980316300933, -3],
    [0.999, 3.090232306167813],
    [1e-6, -4.753424308822899],
    [1e-9, -5.997807015007687],
  ])('finds the normal quantile of %d', (p, expected) => {
    expect(Math.abs(normalQuantile(p) - expected)).toBeLessThan(1e-8);
  });
});
