/**
 * Money and prices in sentences: thousands apart, cents, and four decimals for a price below a dollar.
 */

import { describe, expect, it } from 'vitest';
import { priceText, usdText } from '../../../../../shared/domain/units/money-text.ts';

describe('money', () => {
  it.each([
    [19_440_000, '$1,944.00'],
    [500_000_000_000, '$50,000,000.00'],
    [-31_000, '-$3.10'],
    [9_999_999, '$1,000.00'],
    [0, '$0.00'],
  ])('of %i is %s', (valueE4, text) => {
    expect(usdText(valueE4)).toBe(text);
  });

  it('rounds half a cent away from zero', () => {
    expect([10_050, -10_050, 850].map(usdText)).toEqual(['$1.01', '-$1.01', '$0.09']);
  });

  it('has no sign where it rounds to nothing', () => {
    expect([-49, -50].map(usdText)).toEqual(['$0.00', '-$0.01']);
  });

  it('says what is not a number', () => {
    expect(usdText(Number.NaN)).toBe('$NaN');
  });
});

describe('a price', () => {
  it.each([
    [2_430_500, '$243.05'],
    [12_430_000, '$1,243.00'],
    [2_430_512, '$243.0512'],
    [10_000, '$1.00'],
    [9_990, '$0.9990'],
    [5_000, '$0.5000'],
    [1, '$0.0001'],
  ])('of %i is %s', (priceE4, text) => {
    expect(priceText(priceE4)).toBe(text);
  });
});
