/**
 * References of orders and decisions, told apart from anything else.
 */

import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../../../../local/cli/commands/why/reference.ts';

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
