/**
 * The guard, one limit at a time: code, limit, value and what would pass; then their order.
 */

import type { ProfileName } from '../../../../../shared/domain/profile/profile.ts';
import { describe, expect, it } from 'vitest';
import { FAULT } from '../../../../../shared/domain/quality/faults.ts';
import { type EntryRequest, guardEntry, type GuardContext } from '../../../../../shared/domain/risk/guard.ts';
import { profile } from '../../../../../shared/domain/profile/profile.ts';

/** 5 shares at $100.20 in the middle of a session. */
function request(overrides: Partial<EntryRequest> = {}): EntryRequest {
  return { present: true, faults: 0, quantity: 5, priceE4: 1_002_000, minuteIndex: 100, minutes: 390, ...overrides };
}

/** $2,500, nothing held, nothing lost, no risk. */
function standing(overrides: Partial<GuardContext> = {}): GuardContext {
  return {
    state: 'ACTIVE',
    equityE4: 25_000_000,
    sessionLossE4: 0,
    dailyLossMaxE4: 500_000,
    drawdownE4: 0,
    drawdownMaxE4: 1_000_000,
    exposureE4: 0,
    ordersThisMinute: 0,
    varWithE4: () => 0,
    staleHistory: () => null,
    ...overrides,
  };
}

function judge(asked: Partial<EntryRequest>, stands: Partial<GuardContext> = {}, name: ProfileName = 'basic') {
  return guardEntry(profile(name), request(asked), standing(stands));
}

describe('an entry within every limit', () => {
  it.each(['basic', 'enhanced', 'bench'] as const)('is approved as asked under %s', (name) => {
    expect(judge({}, {}, name)).toEqual({ verdict: 'APPROVED', quantity: 5, detail: null });
  });
});

describe('a quantity limit', () => {
  it('reduces to 100 shares', () => {
    expect(judge({ quantity: 150, priceE4: 20_000 })).toEqual({
      verdict: 'REDUCED_SHARES',
      quantity: 100,
      detail: { limit: 100, value: 150, wouldPass: 100, unit: 'shares' },
    });
  });

  it('reduces to what $1,000 buys at the limit price', () => {
    // 9 x 100.20 = 901.80; 10 x 100.20 = 1,002.
    expect(judge({ quantity: 10 })).toEqual({
      verdict: 'REDUCED_NOTIONAL',
      quantity: 9,
      detail: { limit: 10_000_000, value: 10_020_000, wouldPass: 9_018_000, unit: 'usdE4' },
    });
  });

  it('approves exactly $1,000', () => {
    expect(judge({ quantity: 10, priceE4: 1_000_000 })).toMatchObject({ verdict: 'APPROVED', quantity: 10 });
  });

  it('reduces to 40 % of equity in one symbol under enhanced', () => {
    // 40 % of $2,000 is $800: 7 x 100.20 = 701.40.
    expect(judge({ quantity: 9 }, { equityE4: 20_000_000 }, 'enhanced')).toEqual({
      verdict: 'REDUCED_CONCENTRATION',
      quantity: 7,
      detail: { limit: 8_000_000, value: 9_018_000, wouldPass: 7_014_000, unit: 'usdE4' },
    });
  });

  it('reduces to the equity that is not yet exposed', () => {
    // 2,500 - 2,100 = 400: 3 x 100.20 = 300.60.
    expect(judge({}, { exposureE4: 21_000_000 })).toEqual({
      verdict: 'REDUCED_LEVERAGE',
      quantity: 3,
      detail: { limit: 4_000_000, value: 5_010_000, wouldPass: 3_006_000, unit: 'usdE4' },
    });
  });

  it('records the tightest of several that reduce', () => {
    const verdict = judge({ quantity: 150 }, { exposureE4: 21_000_000 });
    expect(verdict).toMatchObject({ verdict: 'REDUCED_LEVERAGE', quantity: 3 });
  });

  it('denies where it leaves no share', () => {
    expect(judge({ priceE4: 10_000_001, quantity: 1 })).toEqual({
      verdict: 'NOTIONAL_EXCEEDS_MAX',
      quantity: 0,
      detail: { limit: 10_000_000, value: 10_000_001, wouldPass: 0, unit: 'usdE4' },
    });
    expect(judge({}, { exposureE4: 24_500_000 })).toMatchObject({ verdict: 'LEVERAGE_EXCEEDS_MAX', quantity: 0 });
    expect(judge({}, { exposureE4: 30_000_000 })).toMatchObject({ verdict: 'LEVERAGE_EXCEEDS_MAX', quantity: 0 });
    const poor = judge({}, { equityE4: 2_000_000 }, 'enhanced');
    expect(poor).toMatchObject({ verdict: 'CONCENTRATION_EXCEEDS_MAX', quantity: 0 });
  });

  it.each([
    ['NOTIONAL_EXCEEDS_MAX', { priceE4: 10_000_001 }, {}],
    ['CONCENTRATION_EXCEEDS_MAX', {}, { equityE4: 2_000_000 }],
    ['LEVERAGE_EXCEEDS_MAX', {}, { exposureE4: 24_500_000 }],
    ['CORRELATION_LEAVES_ZERO', {}, {}],
  ])('is named %s where the size came as zero', (verdict, asked, stands) => {
    const judged = judge({ quantity: 0, ...asked }, stands, 'enhanced');
    expect(judged).toMatchObject({ verdict, quantity: 0 });
    expect(judged.detail).not.toBeNull();
  });
});

describe('a bar that is not there', () => {
  it('denies by DATA_MISSING, or by DATA_QUALITY where a hard fault took it', () => {
    expect(judge({ present: false })).toMatchObject({ verdict: 'DATA_MISSING', quantity: 0 });
    expect(judge({ present: false, faults: FAULT.VOLUME_ZERO })).toMatchObject({ verdict: 'DATA_MISSING' });
    expect(judge({ present: false, faults: FAULT.RANGE_CROSSED })).toMatchObject({
      verdict: 'DATA_QUALITY',
      detail: { value: FAULT.RANGE_CROSSED },
    });
  });
});

describe('the trading state', () => {
  it('denies every entry while it is not ACTIVE', () => {
    expect(judge({}, { state: 'REDUCING' })).toMatchObject({ verdict: 'STATE_REDUCING', quantity: 0 });
    expect(judge({}, { state: 'HALTED' })).toMatchObject({ verdict: 'STATE_HALTED', quantity: 0 });
  });

  it('closes the window after the third minute from the end', () => {
    expect(judge({ minuteIndex: 387 })).toMatchObject({ verdict: 'APPROVED' });
    expect(judge({ minuteIndex: 388 })).toEqual({
      verdict: 'ENTRY_WINDOW_CLOSED',
      quantity: 0,
      detail: { limit: 387, value: 388, wouldPass: 387, unit: 'minute' },
    });
  });
});

describe('a loss limit', () => {
  it('denies a day that has lost as much as it may', () => {
    expect(judge({}, { sessionLossE4: 499_999 })).toMatchObject({ verdict: 'APPROVED' });
    expect(judge({}, { sessionLossE4: 500_000 })).toEqual({
      verdict: 'DAILY_LOSS_EXCEEDED',
      quantity: 0,
      detail: { limit: 500_000, value: 500_000, wouldPass: 499_999, unit: 'usdE4' },
    });
  });

  it('denies a drawdown as deep as it may be', () => {
    expect(judge({}, { drawdownE4: 749_999, drawdownMaxE4: 749_999.5 })).toMatchObject({ verdict: 'APPROVED' });
    expect(judge({}, { drawdownE4: 750_000, drawdownMaxE4: 749_999.5 })).toEqual({
      verdict: 'DRAWDOWN_EXCEEDED',
      quantity: 0,
      detail: { limit: 749_999.5, value: 750_000, wouldPass: 749_999, unit: 'usdE4' },
    });
  });
});

describe('value at risk', () => {
  it('denies above 2 % of equity and approves exactly that', () => {
    expect(judge({}, { varWithE4: () => 500_000 }, 'enhanced')).toMatchObject({ verdict: 'APPROVED' });
    expect(judge({}, { varWithE4: () => 500_001 }, 'enhanced')).toEqual({
      verdict: 'VAR_EXCEEDS_MAX',
      quantity: 0,
      detail: { limit: 500_000, value: 500_001, wouldPass: 500_000, unit: 'usdE4' },
    });
  });

  it('denies without history', () => {
    expect(judge({}, { varWithE4: () => null }, 'enhanced')).toMatchObject({
      verdict: 'VAR_NO_HISTORY',
      detail: { limit: 250, unit: 'count' },
    });
  });

  it('denies where the history ends too early, with its last date and the oldest that passes', () => {
    const staleHistory = () => ({ lastSession: 20_230_630, oldestSession: 20_241_226 });
    expect(judge({}, { staleHistory }, 'enhanced')).toEqual({
      verdict: 'VAR_HISTORY_STALE',
      quantity: 0,
      detail: { limit: 20_241_226, value: 20_230_630, wouldPass: 20_241_226, unit: 'session' },
    });
    expect(judge({}, { staleHistory })).toMatchObject({ verdict: 'APPROVED' });
  });

  it('judges the size that shares and notional leave', () => {
    const asked: number[] = [];
    const varWithE4 = (quantity: number): number => {
      asked.push(quantity);
      return 0;
    };
    judge({ quantity: 10 }, { varWithE4 }, 'enhanced');
    expect(asked).toEqual([9]);
  });

  it('is no concern of basic', () => {
    expect(judge({}, { varWithE4: () => null })).toMatchObject({ verdict: 'APPROVED' });
  });
});

describe('the order rate', () => {
  it('denies the twenty-first order of a minute under enhanced', () => {
    expect(judge({}, { ordersThisMinute: 19 }, 'enhanced')).toMatchObject({ verdict: 'APPROVED' });
    expect(judge({}, { ordersThisMinute: 20 }, 'enhanced')).toEqual({
      verdict: 'ORDER_RATE_EXCEEDED',
      quantity: 0,
      detail: { limit: 20, value: 21, wouldPass: 20, unit: 'count' },
    });
    expect(judge({}, { ordersThisMinute: 20 })).toMatchObject({ verdict: 'APPROVED' });
  });
});

describe('the order of the limits', () => {
  /** Each line breaks its own limit and every one below it. */
  const BROKEN: readonly [string, Partial<EntryRequest>, Partial<GuardContext>][] = [
    ['DATA_MISSING', { present: false }, {}],
    ['STATE_HALTED', {}, { state: 'HALTED' }],
    ['NOTIONAL_EXCEEDS_MAX', { priceE4: 100_000_000 }, {}],
    ['DAILY_LOSS_EXCEEDED', {}, { sessionLossE4: 600_000 }],
    ['DRAWDOWN_EXCEEDED', {}, { drawdownE4: 1_600_000 }],
    ['VAR_EXCEEDS_MAX', {}, { varWithE4: () => 9_000_000 }],
    ['CONCENTRATION_EXCEEDS_MAX', {}, { equityE4: 2_000_000 }],
    ['LEVERAGE_EXCEEDS_MAX', {}, { exposureE4: 25_000_000 }],
    ['ORDER_RATE_EXCEEDED', {}, { ordersThisMinute: 20 }],
  ];

  it.each(BROKEN.map(([verdict], at) => [verdict, at] as const))('has %s at place %d', (verdict, at) => {
    const below = BROKEN.slice(at);
    const asked = Object.assign({}, ...below.map(([, part]) => part)) as Partial<EntryRequest>;
    const stands = Object.assign({}, ...below.map(([, , part]) => part)) as Partial<GuardContext>;
    expect(judge(asked, stands, 'enhanced').verdict).toBe(verdict);
  });
});

describe('a value that is not a number', () => {
  it.each([
    ['price', { priceE4: Number.NaN }, {}],
    ['price of zero', { priceE4: 0 }, {}],
    ['negative price', { priceE4: -1 }, {}],
    ['quantity', { quantity: Number.NaN }, {}],
    ['negative quantity', { quantity: -1 }, {}],
    ['fraction of a share', { quantity: 1.5 }, {}],
    ['equity', {}, { equityE4: Number.NaN }],
    ['exposure', {}, { exposureE4: Number.NaN }],
    ['loss of the day', {}, { sessionLossE4: Number.NaN }],
    ['drawdown', {}, { drawdownE4: Number.NaN }],
    ['limit of the loss', {}, { dailyLossMaxE4: Number.NaN }],
    ['limit of the drawdown', {}, { drawdownMaxE4: Number.NaN }],
    ['value at risk', {}, { varWithE4: () => Number.NaN }],
    ['count of orders', {}, { ordersThisMinute: Number.NaN }],
    ['minute', { minuteIndex: Number.NaN }, {}],
    ['length of the session', { minutes: Number.NaN }, {}],
  ])('denies: %s', (_what, asked, stands) => {
    const judged = judge(asked, stands, 'enhanced');
    expect(judged.quantity).toBe(0);
    expect(judged.detail).not.toBeNull();
  });
});

describe('the profile for comparing engines', () => {
  it('knows no dollar limit, not even in debt', () => {
    const stands = { equityE4: -5_000_000, exposureE4: 900_000_000, drawdownMaxE4: Infinity, dailyLossMaxE4: Infinity };
    expect(judge({ quantity: 100 }, stands, 'bench')).toMatchObject({ verdict: 'APPROVED', quantity: 100 });
    expect(judge({ quantity: 100 }, { ...stands, equityE4: 0 }, 'bench')).toMatchObject({ verdict: 'APPROVED' });
  });
});
