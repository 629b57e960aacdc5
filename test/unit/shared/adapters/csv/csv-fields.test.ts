/**
 * Numbers from bytes: exact, rounded, or refused.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readPriceE4,
  readRoundedPriceE4,
  readVolume,
  UNREADABLE,
} from '../../../../../shared/adapters/csv/csv-fields.ts';

function field(read: (bytes: Buffer, from: number, to: number) => number, text: string): number {
  const bytes = Buffer.from(`x,${text},y`);
  return read(bytes, 2, bytes.length - 2);
}

describe('a price', () => {
  it('is exact where binary fractions are not', () => {
    // 1.0005 * 10_000 is 10004.999999999998.
    expect(field(readPriceE4, '1.0005')).toBe(10_005);
    expect(field(readPriceE4, '64.0113')).toBe(640_113);
  });

  it('is the integer of its digits, for every price of four decimals', () => {
    fc.assert(
      fc.property(fc.nat(9_999_999), fc.nat(9_999), (whole, decimals) => {
        expect(field(readPriceE4, `${whole}.${String(decimals).padStart(4, '0')}`)).toBe(whole * 10_000 + decimals);
      }),
    );
  });

  it.each(['', '.', '-', '1.', '.5', '1.2.3', '1e3', '+1', ' 1', '1 ', '1.00001', 'Infinity', '1,5', 'n/a', '0x10'])(
    'is not read from %j',
    (text) => {
      expect(field(readPriceE4, text)).toBe(UNREADABLE);
    },
  );

  it.each(['NaN', 'nan', 'NAN'])('that says %s is not a number and yet a reading', (text) => {
    expect(field(readPriceE4, text)).toBeNaN();
  });
});

describe('an adjusted price', () => {
  it.each([
    ['26.89165', 268_917],
    ['26.891649', 268_916],
    ['1e2', 1_000_000],
    ['-0.00005', -1],
    ['text', UNREADABLE],
  ])('%s is rounded to 1e-4 dollars, half away from zero', (text, expected) => {
    expect(field(readRoundedPriceE4, text)).toBe(expected);
  });
});

describe('a volume', () => {
  it.each([
    ['1245220', 1_245_220],
    ['0', 0],
    ['12.5', 12.5],
    ['-7', -7],
    ['1.5e6', 1_500_000],
    ['10000000000000000', 1e16],
    ['', UNREADABLE],
    ['1k', UNREADABLE],
    ['1e999', UNREADABLE],
  ])('%j reads as %d', (text, expected) => {
    expect(field(readVolume, text)).toBe(expected);
  });
});
