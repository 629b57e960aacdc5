/**
 * References of orders and decisions, told apart from anything else.
 */

import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../../../../local/cli/commands/why/reference.ts';
import { tradeResult } from '../../../../../../local/cli/commands/why/result.ts';

describe('reference', () => {
  it.each([
    ['20250103-029-AAPL-N', 'AAPL'],
    ['20250103-029-AAPL-X', 'AAPL'],
    ['20250103-029-AAPL-P', 'AAPL'],
    ['20250103-029-AAPL', 'AAPL'],
    ['20250103-029-BRK-B', 'BRK-B'],
    ['20250103-029-BRK-B-N', 'BRK-B'],
    ['20250103-029-BF.B-P', 'BF.B'],
  ])('reads %s as %s', (text, symbol) => {
    expect(parseReference(text)).toEqual({ text, session: 20_250_103, minuteIndex: 29, symbol });
  });

  it.each(['', 'AAPL', '2025-01-03-029-AAPL', '20250103-29-AAPL', '20250103-029-aapl', "20250103-029-AAPL'; DROP"])(
    'does not take %j for one',
    (text) => {
      expect(parseReference(text)).toBeNull();
    },
  );
});

function order(
  kind: 'ENTRY' | 'EXIT' | 'STOP',
  fills: [side: string, quantity: number, priceE4: number, feesE4: number][],
) {
  return {
    kind,
    fills: fills.map(([side, quantity, priceE4, feesE4]) => ({
      fillId: 'f',
      side,
      quantity,
      priceE4,
      feesE4,
      code: 'OPEN',
      minuteIndex: 30,
    })),
  };
}

describe('result of a trade', () => {
  it('is what it was sold for, less what it cost, with all fees', () => {
    const orders = [
      order('ENTRY', [
        ['BUY', 3, 1_000_000, 100],
        ['BUY', 1, 1_000_100, 50],
      ]),
      order('STOP', []),
      order('EXIT', [['SELL', 4, 1_010_000, 200]]),
    ];
    expect(tradeResult(orders)).toEqual({ grossE4: 4_040_000 - 4_000_100, feesE4: 350 });
  });

  it.each([
    ['an entry that was not filled', [order('ENTRY', [])]],
    ['a position that is still open', [order('ENTRY', [['BUY', 3, 1_000_000, 100]])]],
    ['an exit alone', [order('EXIT', [['SELL', 3, 1_000_000, 100]])]],
  ])('is unknown for %s', (_name, orders) => {
    expect(tradeResult(orders)).toBeNull();
  });
});
