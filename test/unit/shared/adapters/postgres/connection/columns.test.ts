/**
 * Numbers and columns between rows and units.
 */

import { describe, expect, it } from 'vitest';
import { columns, integer, integerOrNull } from '../../../../../../shared/adapters/postgres/connection/columns.ts';

describe('a BIGINT that arrives as text', () => {
  it.each([
    ['0', 0],
    ['-25000000', -25_000_000],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('becomes the integer it says: %s', (text, value) => {
    expect(integer(text, 'fills.price_e4')).toBe(value);
  });

  it.each(['9007199254740992', '1.5', 'NaN', 'x'])('is refused when it is not a safe integer: %s', (text) => {
    expect(() => integer(text, 'fills.price_e4')).toThrow(`fills.price_e4 holds ${text}, which is not a safe integer`);
  });

  it('may be absent where the column says so', () => {
    expect(integerOrNull(null, 'accounts.halted_at_ms')).toBeNull();
    expect(integerOrNull('5', 'accounts.halted_at_ms')).toBe(5);
  });
});

describe('rows on their way out', () => {
  it('become one array for each field, in the order asked for', () => {
    const rows = [
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ];
    expect(columns(rows, ['b', 'a'])).toEqual([
      ['x', 'y'],
      [1, 2],
    ]);
    expect(columns([] as typeof rows, ['a', 'b'])).toEqual([[], []]);
  });
});
