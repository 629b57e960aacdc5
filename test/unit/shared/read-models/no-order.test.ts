/**
 * What `why` says of a decision, over what the policy said, what was held or working, and the verdict: never "nothing".
 */

import { describe, expect, it } from 'vitest';
import { type Action, BUY, HOLD, SELL } from '../../../../shared/domain/policy/actions.ts';
import { type Verdict, VERDICTS } from '../../../../shared/domain/risk/types.ts';
import type { Situation } from '../../../../shared/read-models/no-order.ts';
import { verdictText } from '../../../../shared/read-models/verdict-texts.ts';

type Held = Omit<Situation, 'action'>;

const FLAT: Held = { isReady: true, quantity: 0, workingEntry: null, workingExit: null };
const LONG = { ...FLAT, quantity: 4 };
const SHORT = { ...FLAT, quantity: -1 };
const ENTRY_WORKS = { ...FLAT, workingEntry: '20250103-029-AAPL-N' };
const EXIT_WORKS = { ...LONG, workingExit: '20250103-040-AAPL-X' };
const WARMING_UP = { ...FLAT, isReady: false };

function textOf(action: Action, held: Held, verdict: Verdict = 'NONE') {
  return verdictText({ symbol: 'AAPL', action, verdict, quantity: 0, detail: null }, held);
}

describe('a decision without an order', () => {
  it.each<[string, Action, Held, string, string]>([
    ['BUY while long', BUY, LONG, 'Already long, kept', 'Already long 4 shares, and a BUY never adds'],
    ['BUY while an entry works', BUY, ENTRY_WORKS, 'Entry already working', '20250103-029-AAPL-N still works'],
    [
      'BUY while short and an exit works',
      BUY,
      { ...SHORT, workingExit: 'X-1' },
      'Exit already working',
      'X-1 already buys the short position back',
    ],
    ['SELL while flat', SELL, FLAT, 'Already flat', 'Nothing is held'],
    ['SELL while an exit works', SELL, EXIT_WORKS, 'Exit already working', '20250103-040-AAPL-X still works'],
    ['SELL while short', SELL, SHORT, 'Already short, kept', 'Already short 1 share:'],
    ['HOLD while flat', HOLD, FLAT, 'Stays flat', 'HOLD changes nothing: nothing is held.'],
    ['HOLD while long', HOLD, LONG, 'Position kept', 'HOLD changes nothing: long 4 shares.'],
    ['HOLD while short', HOLD, SHORT, 'Position kept', 'short 1 share.'],
    ['HOLD while an entry works', HOLD, ENTRY_WORKS, 'Stays flat', '20250103-029-AAPL-N works on.'],
    ['HOLD during warm-up', HOLD, WARMING_UP, 'Warming up', 'from the first minute with every feature'],
    ['SELL during warm-up', SELL, WARMING_UP, 'Already flat', 'Nothing is held'],
  ])('is explained by what was held: %s', (_name, action, held, title, reason) => {
    const said = textOf(action, held);
    expect(said.title).toBe(title);
    expect(said.reason).toContain(reason);
  });

  it('never says that nothing was asked', () => {
    for (const action of [SELL, HOLD, BUY] as const)
      for (const held of [FLAT, LONG, SHORT, ENTRY_WORKS, EXIT_WORKS, WARMING_UP]) {
        const { title, reason } = textOf(action, held);
        expect(title).not.toMatch(/nothing asked/i);
        expect(reason).toMatch(/^[A-Z0-9].*\.$/);
      }
  });
});

describe('a decision that was refused, or had to go flat', () => {
  it.each<[Verdict, Action, Held, string]>([
    ['ENTRY_WINDOW_CLOSED', BUY, FLAT, 'Too close to the close'],
    ['STATE_REDUCING', BUY, FLAT, 'Reducing only'],
    ['STATE_HALTED', BUY, FLAT, 'Halted'],
    ['DATA_MISSING', BUY, FLAT, 'No bar'],
    ['EXIT', SELL, LONG, 'Exit'],
    ['EXIT_WORKING', SELL, EXIT_WORKS, 'Exit already working'],
    ['ENTRY_CANCELLED', SELL, ENTRY_WORKS, 'Entry withdrawn'],
    ['FLATTEN_CLOSE', HOLD, LONG, 'Flat before the close'],
    ['FLATTEN_DAILY_LOSS', BUY, LONG, 'Flat: daily loss'],
  ])('keeps its verdict %s', (verdict, action, held, title) => {
    expect(textOf(action, held, verdict).title).toBe(title);
  });

  it.each(VERDICTS)('has a title and a sentence for %s', (verdict) => {
    const { title, reason } = textOf(HOLD, FLAT, verdict);
    expect(title).not.toBe('');
    expect(reason).toMatch(/^[A-Z].*\.$/);
  });
});
