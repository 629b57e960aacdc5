/**
 * Shortfall, slippage and effective spread, worked out by hand.
 */

import { describe, expect, it } from 'vitest';
import {
  arrivalSlippageBps,
  effectiveSpreadBps,
  shortfallBps,
} from '../../../../../shared/domain/metrics/execution-cost.ts';

const BOUGHT = {
  side: 'BUY',
  decisionE4: 1_000_000,
  fills: [
    { priceE4: 1_001_000, quantity: 6 },
    { priceE4: 1_002_000, quantity: 2 },
  ],
  unfilled: 2,
  endE4: 1_010_000,
  feesE4: 3_500,
} as const;

describe('implementation shortfall', () => {
  it('adds what slipped, what was missed and the fees, over the value of the decision', () => {
    // (1,000·6 + 2,000·2 + 10,000·2 + 3,500) / (1,000,000·10) = 33.5 bps
    expect(shortfallBps(BOUGHT)).toBeCloseTo(33.5, 10);
  });

  it('of a sale counts a falling price as the cost', () => {
    // (−1,000·6 − 2,000·2 − 10,000·2 + 3,500) / 10,000,000
    expect(shortfallBps({ ...BOUGHT, side: 'SELL' })).toBeCloseTo(-26.5, 10);
  });

  it('ignores the end price where everything was filled', () => {
    expect(shortfallBps({ ...BOUGHT, unfilled: 0, endE4: Number.NaN, feesE4: 0 })).toBeCloseTo(12.5, 10);
  });

  it('is N/A for a decision about no shares', () => {
    expect(shortfallBps({ ...BOUGHT, fills: [], unfilled: 0, feesE4: 0 })).toBeNaN();
  });
});

describe('slippage and spread', () => {
  it('are costs for a buyer above the middle and for a seller below it', () => {
    expect(arrivalSlippageBps('BUY', { fillE4: 1_000_500, midE4: 1_000_000 })).toBeCloseTo(5, 10);
    expect(arrivalSlippageBps('SELL', { fillE4: 999_500, midE4: 1_000_000 })).toBeCloseTo(5, 10);
    expect(arrivalSlippageBps('SELL', { fillE4: 1_000_500, midE4: 1_000_000 })).toBeCloseTo(-5, 10);
  });

  it('an effective spread is twice the distance from the middle', () => {
    expect(effectiveSpreadBps('BUY', { fillE4: 1_000_500, midE4: 1_000_000 })).toBeCloseTo(10, 10);
  });
});
