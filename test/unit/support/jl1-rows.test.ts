/**
 * How a row of a JL1 ledger reads under JL2: the mapping that the recorded hashes were taken with.
 */

import { describe, expect, it } from 'vitest';
import { rowOfJl1, withoutRulings } from '../../support/core/jl1-rows.ts';

describe('a row of JL1', () => {
  it.each([
    ['D,7,40,0,0,2:1:9', 'D,7,40,0,2:1:9'],
    ['D,7,40,1,1,2:1:9', 'D,7,40,16,2:1:9'],
    ['D,7,40,2,2,2:1:9', 'D,7,40,1,2:1:9'],
    ['D,7,40,2,3,2:1:9', 'D,7,40,2,2:1:9'],
    ['D,7,40,1,3,2:1:9', 'D,7,40,4,2:1:9'],
    ['D,7,40,1,4,2:1:9', 'D,7,40,32,2:1:9'],
    ['D,7,40,1,5,2:1:9', 'D,7,40,64,2:1:9'],
    ['D,7,40,1,6,2:1:9', 'D,7,40,128,2:1:9'],
    ['D,7,40,2,7,2:1:9', 'D,7,40,8,2:1:9'],
    ['A,7,HALTED,DRAWDOWN,20250103,1,2,3,4,5', 'A,7,1,20250103,1,2,3,3,4,5'],
    ['F,7,AAPL,0,ref,BUY,OPEN,1,2,3,4,5,6', 'F,7,AAPL,0,ref,BUY,OPEN,1,2,3,4,5,6'],
  ])('%s becomes %s', (before, after) => {
    expect(rowOfJl1(before)).toBe(after);
  });

  it('is compared without what a ruling changed, and with everything else', () => {
    expect(withoutRulings('A,7,1,20250103,1,2,3,3,4,5', ['two drawdowns'])).toBe('A,7,1,20250103,1,2,*,3,4,5');
    expect(withoutRulings('D,7,40,17,2:1:9', ['set of causes'])).toBe('D,7,40,*,2:1:9');
    expect(withoutRulings('O,7,40', ['set of causes', 'two drawdowns'])).toBe('O,7,40');
  });
});
