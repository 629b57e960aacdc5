/**
 * Every verdict has a sentence, and refusals say the limit, the value and what would pass.
 */

import { describe, expect, it } from 'vitest';
import { reasonOf, VERDICT_TITLES } from '../../../../shared/read-models/verdict-texts.ts';
import { type SymbolDecision, VERDICTS, verdictClass } from '../../../../shared/domain/risk/types.ts';

function decision(overrides: Partial<SymbolDecision>): SymbolDecision {
  return { symbol: 'AAPL', action: 2, verdict: 'APPROVED', quantity: 4, detail: null, ...overrides };
}

describe('reasonOf', () => {
  it.each(VERDICTS.filter((verdict) => verdict !== 'NONE'))('has a title and a sentence for %s', (verdict) => {
    expect(VERDICT_TITLES[verdict]).not.toBe('');
    expect(reasonOf(decision({ verdict }))).toMatch(/^[A-Z].*\.$/);
  });

  it.each(VERDICTS.filter((verdict) => verdictClass(verdict) === 'denied'))(
    'says what would pass for %s',
    (verdict) => {
      expect(reasonOf(decision({ verdict, quantity: 0 }))).toMatch(/pass|fits/i);
    },
  );

  it('names limit, value and what passes of an order cut to the dollar limit', () => {
    const detail = { limit: 10_000_000, value: 19_440_000, wouldPass: 9_720_000, unit: 'usdE4' } as const;
    expect(reasonOf(decision({ verdict: 'REDUCED_NOTIONAL', quantity: 4, detail }))).toBe(
      'Would cost $1,944.00; the limit for a symbol is $1,000.00. Cut to 4 shares, $972.00.',
    );
  });

  it('says at which price a share would fit where not one does', () => {
    const detail = { limit: 1_912_000, value: 2_432_600, wouldPass: 0, unit: 'usdE4' } as const;
    expect(reasonOf(decision({ verdict: 'LEVERAGE_EXCEEDS_MAX', quantity: 0, detail }))).toBe(
      'Would cost $243.26; the equity still free under leverage 1 is $191.20. Not one share fits; passes when a share costs at most $191.20.',
    );
  });

  it('says that a position must be closed where no equity is free', () => {
    const detail = { limit: -52_000, value: 2_432_600, wouldPass: 0, unit: 'usdE4' } as const;
    expect(reasonOf(decision({ verdict: 'LEVERAGE_EXCEEDS_MAX', quantity: 0, detail }))).toBe(
      'Would cost $243.26; the equity still free under leverage 1 is $0.00. Nothing fits; passes when a position is closed.',
    );
  });

  it('counts minutes from one, as the page does, for an entry too close to the close', () => {
    const detail = { limit: 387, value: 388, wouldPass: 387, unit: 'minute' } as const;
    expect(reasonOf(decision({ verdict: 'ENTRY_WINDOW_CLOSED', quantity: 0, detail }))).toBe(
      'Minute 389; entries pass up to minute 388 of the session.',
    );
  });

  it('uses the singular for one share', () => {
    expect(reasonOf(decision({ quantity: 1 }))).toBe('Entry of 1 share within every limit.');
  });
});
