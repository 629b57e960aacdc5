/**
 * Valid prices around one dollar and everywhere else, against a definition in big integers.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilToTick, floorToTick, nextTickAbove, tickE4 } from '../../../../../shared/domain/units/tick.ts';

/** From the exchange's rule alone: below $1 every 1e-4 USD is a price, from $1 on every cent. */
function isPrice(valueE4: bigint): boolean {
  return valueE4 < 10_000n || valueE4 % 100n === 0n;
}

/** The nearest valid price in a direction, found by walking. */
function walk(fromE4: bigint, step: 1n | -1n): number {
  let at = fromE4;
  while (!isPrice(at)) at += step;
  return Number(at);
}

const aroundOneDollar = fc.integer({ min: 9_800, max: 10_300 });
const anyPrice = fc.oneof(aroundOneDollar, fc.integer({ min: 1, max: 50_000_000 }));

describe('the tick', () => {
  it('is a cent from one dollar on, a hundredth of a cent below', () => {
    expect([tickE4(10_000), tickE4(9_999), tickE4(9_999.5)]).toEqual([100, 1, 1]);
  });

  it('is that of the price that results, so rounding reaches one dollar from both sides', () => {
    expect([ceilToTick(9_999.01), ceilToTick(10_000.5), floorToTick(10_099), floorToTick(9_999.9)]).toEqual([
      10_000, 10_100, 10_000, 9_999,
    ]);
  });

  it('leads from every valid price to the next', () => {
    expect([9_998, 9_999, 10_000, 10_050, 49_900].map(nextTickAbove)).toEqual([9_999, 10_000, 10_100, 10_100, 50_000]);
  });
});

describe('any price', () => {
  it('is rounded to the nearest valid one on either side', () => {
    fc.assert(
      fc.property(anyPrice, fc.constantFrom(0, 0.25, 0.5, 0.75), (wholeE4, part) => {
        const priceE4 = wholeE4 + part;
        expect(floorToTick(priceE4)).toBe(walk(BigInt(wholeE4), -1n));
        expect(ceilToTick(priceE4)).toBe(walk(BigInt(Math.ceil(priceE4)), 1n));
        expect(nextTickAbove(priceE4)).toBe(walk(BigInt(wholeE4) + 1n, 1n));
      }),
      { numRuns: 500 },
    );
  });
});
