/**
 * The price of a fill: half spread, impact, and the tick, all against us; checked against exact arithmetic.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FillConditions, fillPriceE4 } from '../../../../../shared/domain/execution/fill-price.ts';

function price(overrides: Partial<FillConditions>): number {
  const usual = { side: 'BUY', referenceE4: 1_000_000, quantity: 1, barVolume: 10_000, minuteIndex: 60 } as const;
  return fillPriceE4({ ...usual, ...overrides });
}

describe('the half spread', () => {
  // One share of a billion moves nothing, so what is left is the spread, rounded up to the cent.
  const still = { barVolume: 1e12, quantity: 1 };

  it('is half a cent where half a basis point is less, and so a cent after rounding', () => {
    expect(price({ ...still, referenceE4: 500_000 })).toBe(500_100);
    expect(price({ ...still, referenceE4: 500_000, side: 'SELL' })).toBe(499_900);
  });

  it('is half a basis point above $100', () => {
    // $700 x 0.5 bps = 3.5 cents.
    expect(price({ ...still, referenceE4: 7_000_000 })).toBe(7_000_400);
    expect(price({ ...still, referenceE4: 7_000_000, side: 'SELL' })).toBe(6_999_600);
  });

  it('is twice that in the first 30 minutes', () => {
    expect(price({ ...still, referenceE4: 7_000_000, minuteIndex: 0 })).toBe(7_000_800);
    expect(price({ ...still, referenceE4: 7_000_000, minuteIndex: 29 })).toBe(7_000_800);
    expect(price({ ...still, referenceE4: 7_000_000, minuteIndex: 30 })).toBe(7_000_400);
  });
});

describe('the impact', () => {
  it('is 10 basis points times the root of the share of the volume', () => {
    // $100: 1/4 of the volume costs 5 bps = 5 cents, and half a cent of spread: 100.055.
    expect(price({ quantity: 2_500 })).toBe(1_000_600);
    expect(price({ quantity: 2_500, side: 'SELL' })).toBe(999_400);
    // 1/100 of it costs 1 bp = 1 cent: 100.015.
    expect(price({ quantity: 100 })).toBe(1_000_200);
  });
});

describe('the tick', () => {
  it('is a hundredth of a cent below one dollar', () => {
    expect(price({ referenceE4: 5_000, barVolume: 1e12 })).toBe(5_051);
    expect(price({ referenceE4: 5_000, barVolume: 1e12, side: 'SELL' })).toBe(4_949);
  });

  it('is that of the price paid, on whichever side of one dollar the bar opened', () => {
    // 0.9990 + 0.0050 and a trifle: above a dollar, so in cents.
    expect(price({ referenceE4: 9_990, barVolume: 1e12 })).toBe(10_100);
    expect(price({ referenceE4: 9_940, barVolume: 1e12 })).toBe(9_991);
    // 1.0000 - 0.0050 and a trifle: below a dollar, so in hundredths of a cent.
    expect(price({ referenceE4: 10_000, barVolume: 1e12, side: 'SELL' })).toBe(9_949);
    expect(price({ referenceE4: 10_100, barVolume: 1e12, side: 'SELL' })).toBe(10_000);
  });

  it('leaves a seller at least one', () => {
    expect(price({ referenceE4: 10, side: 'SELL' })).toBe(1);
  });
});

/** Whether a whole price differs from the reference by at least the cost, in exact arithmetic. */
function coversCost(pays: bigint, { referenceE4, quantity, barVolume, minuteIndex }: FillConditions): boolean {
  // In 1/20,000 of 1e-4 USD the spread is whole: max(50, reference / 20,000), doubled early.
  const reference = BigInt(referenceE4);
  const spread = reference > 1_000_000n ? reference : 1_000_000n;
  const rest = pays * 20_000n - (minuteIndex < 30 ? 2n : 1n) * spread;
  // rest >= 20,000 x reference / 1,000 x sqrt(quantity / volume), squared.
  const impact = 20n * reference;
  return rest >= 0n && rest * rest * BigInt(barVolume) >= impact * impact * BigInt(quantity);
}

const conditions = fc
  .record({
    referenceE4: fc.integer({ min: 20_000, max: 50_000_000 }),
    barVolume: fc.integer({ min: 10, max: 5_000_000 }),
    share: fc.double({ min: 0, max: 0.1, noNaN: true }),
    minuteIndex: fc.nat(389),
  })
  .map(({ share, ...rest }) => ({ ...rest, quantity: Math.max(1, Math.floor(rest.barVolume * share)) }));

/** The costs around one dollar: half a cent of spread, and an impact of at most a twentieth of a cent. */
const nearOneDollar = conditions.map((given) => ({ ...given, referenceE4: 9_800 + (given.referenceE4 % 400) }));

describe('any fill', () => {
  it('around one dollar is at the first valid price that covers the cost', () => {
    const isPrice = (valueE4: number): boolean => valueE4 < 10_000 || valueE4 % 100 === 0;
    fc.assert(
      fc.property(nearOneDollar, fc.constantFrom('BUY' as const, 'SELL' as const), (given, side) => {
        const away = side === 'BUY' ? 1 : -1;
        const covers = (valueE4: number): boolean =>
          (valueE4 - given.referenceE4) * away > 0 &&
          coversCost(BigInt((valueE4 - given.referenceE4) * away), { ...given, side });
        let expected = given.referenceE4 + away;
        while (!isPrice(expected) || !covers(expected)) expected += away;
        expect(fillPriceE4({ ...given, side })).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('pays the cost and less than one tick more', () => {
    fc.assert(
      fc.property(conditions, fc.constantFrom('BUY' as const, 'SELL' as const), (given, side) => {
        const priceE4 = fillPriceE4({ ...given, side });
        const paysE4 = Math.abs(priceE4 - given.referenceE4);
        expect(priceE4 % 100).toBe(0);
        expect(priceE4 > given.referenceE4).toBe(side === 'BUY');
        // Two units of 1e-4 USD allow for floating point beside a tick.
        expect(coversCost(BigInt(paysE4 + 2), { ...given, side })).toBe(true);
        expect(coversCost(BigInt(paysE4 - 100 - 2), { ...given, side })).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused where there is no volume to come from', () => {
    expect(() => price({ barVolume: 0 })).toThrow('a volume to come from');
    expect(() => price({ quantity: 0 })).toThrow('has a quantity');
  });
});
