/**
 * Whose entry is judged first: exits before all entries, entries by the counter hash and not by their name.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feeTable } from '../../../../../shared/domain/execution/fee-tables.ts';
import { BUY, SELL } from '../../../../../shared/domain/policy/actions.ts';
import { EntryTurns } from '../../../../../shared/domain/risk/entry-turns.ts';
import { type Profile, profile } from '../../../../../shared/domain/profile/profile.ts';
import { RiskStage } from '../../../../../shared/domain/risk/risk-stage.ts';
import { newOpening } from '../../../../../shared/domain/risk/opening.ts';
import { fill, SESSION, signalsOf, type Wish } from '../../../../support/core/core.ts';
import { inTurn } from '../../../../support/core/turns.ts';

const MINUTE = 40;
const WANTS_IN = { action: BUY, entryQuantity: 1 } as const;

function symbolsOf(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `S${String(at).padStart(3, '0')}`);
}

interface Setup {
  readonly symbols: readonly string[];
  readonly limits?: Partial<Profile>;
  readonly cashE4?: number;
  readonly seed?: number;
  /** Symbols that hold 10 shares each. */
  readonly held?: readonly string[];
}

/** One minute in which each symbol wishes something, every mark at $100. */
function decide({ symbols, limits, cashE4 = 10_000_000_000, seed = 1, held = [] }: Setup, wishes: Partial<Wish>[]) {
  const stage = new RiskStage({
    symbols,
    profile: { ...profile('basic'), ...limits },
    feeTable: feeTable('tiered'),
    opening: newOpening(cashE4),
    rearm: 'manual',
    seed,
  });
  stage.startSession(SESSION, 390, null);
  stage.applyReport({ fills: held.map((symbol) => fill({ symbol })), closed: [] });
  for (const s of symbols.keys()) stage.account.markAt(s, 1_000_000);
  stage.evaluate(MINUTE);
  const decision = stage.decide(MINUTE, signalsOf(wishes));
  return decision.toDecision({ symbols, session: SESSION.date, minutes: 390 });
}

function turns(symbols: readonly string[], seed = 1): string[] {
  return inTurn(symbols, { seed, session: SESSION.date, minuteIndex: MINUTE });
}

describe('the order rate', () => {
  it('counts the exits of symbols that come later in the alphabet', () => {
    const setup = { symbols: ['AAPL', 'MSFT'], held: ['MSFT'], limits: { ordersPerMinuteMax: 1 } };
    const { symbols, orders } = decide(setup, [WANTS_IN, { action: SELL }]);
    expect(symbols).toMatchObject([
      { verdict: 'ORDER_RATE_EXCEEDED', detail: { limit: 1, value: 2 } },
      { verdict: 'EXIT', quantity: 10 },
    ]);
    expect(orders).toHaveLength(1);
  });

  it('refuses no exit, however many there are', () => {
    const symbols = symbolsOf(25);
    const setup = { symbols, held: symbols, limits: { ordersPerMinuteMax: 20 } };
    const { orders } = decide(
      setup,
      symbols.map(() => ({ action: SELL })),
    );
    expect(orders).toHaveLength(25);
  });

  it('lets in those whose turn comes first, whatever their names', () => {
    const symbols = symbolsOf(25);
    const wishes = symbols.map(() => WANTS_IN);
    const { symbols: verdicts } = decide({ symbols, limits: { ordersPerMinuteMax: 20 } }, wishes);
    const approved = verdicts.filter(({ verdict }) => verdict === 'APPROVED').map(({ symbol }) => symbol);
    expect(approved).toEqual(turns(symbols).slice(0, 20).sort());
    expect(verdicts.filter(({ verdict }) => verdict === 'ORDER_RATE_EXCEEDED')).toHaveLength(5);
  });
});

describe('leverage', () => {
  it('goes to those whose turn comes first, and to others under another seed', () => {
    const symbols = symbolsOf(8);
    const wish = { action: BUY, entryQuantity: 9 } as const;
    const winners = (seed: number): string[] => {
      // $2,000 hold two entries of 9 shares at $100.20 and one of a single share.
      const { symbols: verdicts } = decide(
        { symbols, seed, cashE4: 20_000_000 },
        symbols.map(() => wish),
      );
      return verdicts.filter(({ verdict }) => verdict === 'APPROVED').map(({ symbol }) => symbol);
    };
    for (const seed of [1, 2, 3]) expect(winners(seed)).toEqual(turns(symbols, seed).slice(0, 2).sort());
    expect(new Set([1, 2, 3, 4].map((seed) => winners(seed).join()))).not.toHaveLength(1);
  });
});

describe('the orders of a decision', () => {
  it('stand by symbol, a stop behind its entry, in whatever order they were judged', () => {
    const symbols = symbolsOf(12);
    const held = symbols.filter((_, s) => s % 3 === 0);
    const wishes = symbols.map((symbol): Partial<Wish> => (held.includes(symbol) ? { action: SELL } : WANTS_IN));
    const { orders } = decide({ symbols, held }, wishes);
    const expected = symbols.flatMap((symbol) =>
      held.includes(symbol) ? [`${symbol} EXIT`] : [`${symbol} ENTRY`, `${symbol} STOP`],
    );
    expect(orders.map(({ symbol, kind }) => `${symbol} ${kind}`)).toEqual(expected);
  });
});

describe('turns', () => {
  it('are those of a second implementation of the counter hash, for any minute', () => {
    const minute = fc.record({
      seed: fc.nat(0xffff_ffff),
      session: fc.integer({ min: 20_100_104, max: 20_281_229 }),
      minuteIndex: fc.nat(389),
    });
    const names = fc.uniqueArray(fc.stringMatching(/^[A-Z][A-Z.]{0,4}$/), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(minute, names, (at, chosen) => {
        const symbols = chosen.toSorted();
        const order = symbols.map((_, s) => s);
        new EntryTurns(symbols).sort(order, at);
        expect(order.map((s) => symbols[s])).toEqual(inTurn(symbols, at));
      }),
    );
  });
});
