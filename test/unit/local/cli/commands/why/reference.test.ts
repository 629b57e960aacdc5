/**
 * References of orders and decisions, told apart from anything else.
 */

import { describe, expect, it } from 'vitest';
import { readReference } from '../../../../../../local/cli/commands/why/reference.ts';

const AT = { session: 20_250_103, minuteIndex: 29 };

describe('reference', () => {
  it.each([
    ['20250103-029-AAPL-N', 'AAPL'],
    ['20250103-029-AAPL-X', 'AAPL'],
    ['20250103-029-AAPL-P', 'AAPL'],
    ['20250103-029-BRK-B-N', 'BRK-B'],
    ['20250103-029-BF.B-P', 'BF.B'],
  ])('reads %s as an order of %s', (text, symbol) => {
    expect(readReference(text)[0]).toEqual({ text, ...AT, symbol, orderRef: text });
  });

  it.each([
    ['20250103-029-AAPL', 'AAPL'],
    ['20250103-029-BRK-B', 'BRK-B'],
  ])('reads %s as a decision of %s', (text, symbol) => {
    expect(readReference(text)).toEqual([{ text, ...AT, symbol, orderRef: null }]);
  });

  it('reads what ends like an order as a decision of a symbol that ends so, if there is no such order', () => {
    const text = '20250103-029-ABC-P';
    expect(readReference(text)[1]).toEqual({ text, ...AT, symbol: 'ABC-P', orderRef: null });
  });

  it.each(['', 'AAPL', '2025-01-03-029-AAPL', '20250103-29-AAPL', '20250103-029-aapl', "20250103-029-AAPL'; DROP"])(
    'does not take %j for one',
    (text) => {
      expect(readReference(text)).toEqual([]);
    },
  );
});
