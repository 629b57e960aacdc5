/**
 * The size of a full entry and its limit price.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profile } from '../../../../../shared/domain/profile/profile.ts';
import { entryLimitE4, fullEntryQuantity, wholeShares } from '../../../../../shared/domain/sizing/sizing.ts';

const BASIC = profile('basic');
const ENHANCED = profile('enhanced');
const FREE = { equityE4: 25_000_000, exposureE4: 0 };

describe('the limit price of an entry', () => {
  it.each([
    [1_000_000, 1_002_000],
    // $243.55 x 1.002 = $244.0371.
    [2_435_500, 2_440_300],
    // Below a dollar the tick is a hundredth of a cent: $0.9123 x 1.002 = $0.91412….
    [9_123, 9_141],
    // The collar carries it above one dollar, where the tick is a cent: $0.999 x 1.002 = $1.000998.
    [9_990, 10_000],
    [9_980, 9_999],
    // Between $1 and $5 the collar is narrower than a cent: the next cent above the close.
    [10_000, 10_100],
    [10_010, 10_100],
    [23_400, 23_500],
    [49_900, 50_000],
    [50_000, 50_100],
    // So it is for a close of a few hundredths of a cent.
    [3, 4],
  ])('of a close at %d is %d: 20 bps above, floored to the tick, or the next price', (closeE4, limitE4) => {
    expect(entryLimitE4(BASIC, closeE4)).toBe(limitE4);
  });

  it('does not exist under bench', () => {
    expect(entryLimitE4(profile('bench'), 1_000_000)).toBe(0);
  });

  const anyClose = fc.oneof(
    fc.integer({ min: 9_900, max: 10_100 }),
    fc.integer({ min: 1, max: 60_000 }),
    fc.integer({ min: 1, max: 100_000_000_000 }),
  );

  it('is the largest valid price within the collar, or else the smallest above the close, exactly', () => {
    const isPrice = (valueE4: bigint): boolean => valueE4 < 10_000n || valueE4 % 100n === 0n;
    fc.assert(
      fc.property(anyClose, (closeE4) => {
        const close = BigInt(closeE4);
        let within = (close * 10_020n) / 10_000n;
        while (!isPrice(within)) within -= 1n;
        let above = close + 1n;
        while (!isPrice(above)) above += 1n;
        expect(BigInt(entryLimitE4(BASIC, closeE4))).toBe(within > close ? within : above);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a full entry', () => {
  it('is what $1,000 buys at the limit price', () => {
    expect(fullEntryQuantity(BASIC, FREE, 1_002_000, false)).toBe(9);
    expect(fullEntryQuantity(BASIC, FREE, 1_000_000, false)).toBe(10);
    expect(fullEntryQuantity(BASIC, FREE, 10_000_001, false)).toBe(0);
  });

  it('is at most 100 shares', () => {
    expect(fullEntryQuantity(BASIC, FREE, 20_000, false)).toBe(100);
  });

  it('is what free leverage buys where that is less', () => {
    expect(fullEntryQuantity(BASIC, { equityE4: 25_000_000, exposureE4: 21_000_000 }, 1_002_000, false)).toBe(3);
    expect(fullEntryQuantity(BASIC, { equityE4: 25_000_000, exposureE4: 26_000_000 }, 1_002_000, false)).toBe(0);
  });

  it('is under enhanced what 40 % of equity buys where that is less', () => {
    expect(fullEntryQuantity(ENHANCED, { equityE4: 20_000_000, exposureE4: 0 }, 1_002_000, false)).toBe(7);
    expect(fullEntryQuantity(BASIC, { equityE4: 20_000_000, exposureE4: 0 }, 1_002_000, false)).toBe(9);
  });

  it.each([
    [1_002_000, 6],
    [20_000, 70],
    [9_000_000, 0],
    [3_000_000, 2],
  ])('at %d is %d shares where another moves with it: seven tenths, floored', (priceE4, quantity) => {
    expect(fullEntryQuantity(BASIC, FREE, priceE4, true)).toBe(quantity);
  });

  it('is 100 shares under bench whatever is there', () => {
    const debt = { equityE4: -5, exposureE4: 1e9 };
    expect(fullEntryQuantity(profile('bench'), debt, 99_000_000, true)).toBe(100);
  });
});

describe('whole shares', () => {
  it('are floored, never negative, and none for what is not a number', () => {
    const prices = [29_999, 30_000, 0, -1, Number.NaN].map((budgetE4) => wholeShares(budgetE4, 10_000));
    expect(prices).toEqual([2, 3, 0, 0, 0]);
  });
});
