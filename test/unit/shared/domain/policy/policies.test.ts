/**
 * The built-in policies: the rule against naive means, its window of minutes, the counter hash of random, hold.
 */

import { BUY, HOLD, SELL } from '../../../../../shared/domain/policy/actions.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CloseWindow } from '../../../../../shared/domain/policy/close-window.ts';
import {
  decideActions,
  type PolicyInput,
  type PolicyMinute,
  randomAction,
  ruleBySums,
  symbolHash,
} from '../../../../../shared/domain/policy/policies.ts';

const MINUTE = { session: 20250103, minuteIndex: 100, minutes: 390, seed: 1 };
const RISING = Array.from({ length: 30 }, (_, at) => 1_000_000 + at * 100);
const FALLING = RISING.toReversed();

function input(overrides: Partial<PolicyInput> = {}): PolicyInput {
  return {
    ...MINUTE,
    symbols: ['AAPL', 'MSFT'],
    closesE4: [RISING, FALLING],
    observation: [],
    ready: true,
    positions: [0, 0],
    ...overrides,
  };
}

/** The answer of the rule to one symbol's closes. */
function ruleAction(minute: PolicyMinute, closesE4: readonly number[]) {
  return decideActions('rule', input({ ...minute, symbols: ['AAPL'], closesE4: [closesE4] }))[0];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('the rule', () => {
  it('buys what rises and sells what falls', () => {
    expect(decideActions('rule', input())).toEqual([BUY, SELL]);
  });

  it.each([
    [28, SELL],
    [29, BUY],
    [387, BUY],
    [388, SELL],
    [389, SELL],
  ])('at minute %d of 390 answers %d to a rising price', (minuteIndex, action) => {
    expect(ruleAction({ ...MINUTE, minuteIndex }, RISING)).toBe(action);
  });

  it.each([
    [57, BUY],
    [58, SELL],
  ])('at minute %d of a session of 60 answers %d', (minuteIndex, action) => {
    expect(ruleAction({ ...MINUTE, minuteIndex, minutes: 60 }, RISING)).toBe(action);
  });

  it('sells on 29 closes, and where the means are equal', () => {
    expect(ruleAction(MINUTE, RISING.slice(1))).toBe(SELL);
    expect(
      ruleAction(
        MINUTE,
        Array.from({ length: 30 }, () => 1_000_000),
      ),
    ).toBe(SELL);
  });

  it('is decided by a single unit', () => {
    const flat = Array.from({ length: 30 }, () => 123_456_700);
    expect(ruleAction(MINUTE, [...flat.slice(0, 29), 123_456_701])).toBe(BUY);
    expect(ruleAction(MINUTE, [123_456_701, ...flat.slice(1)])).toBe(SELL);
  });

  it('compares the mean of the last 10 with that of all 30', () => {
    const closes = fc.array(fc.integer({ min: 1, max: 50_000_000 }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(closes, (closesE4) => {
        const difference = mean(closesE4.slice(-10)) - mean(closesE4);
        // Means that floating point cannot tell apart are decided by the test above.
        fc.pre(Math.abs(difference) > 1e-3);
        expect(ruleAction(MINUTE, closesE4)).toBe(difference > 0 ? BUY : SELL);
      }),
    );
  });
});

describe('the window of closes', () => {
  it('keeps the last 30 of each symbol, oldest first, and their sums, over any pushes and resets', () => {
    const push = fc.record({ s: fc.nat(1), closeE4: fc.integer({ min: 1, max: 100_000_000 }), reset: fc.nat(60) });
    fc.assert(
      fc.property(fc.array(push, { maxLength: 150 }), (pushes) => {
        const window = new CloseWindow(2);
        const all: number[][] = [[], []];
        for (const { s, closeE4, reset } of pushes) {
          if (reset === 0) {
            window.reset();
            all.forEach((closes) => void closes.splice(0));
          }
          window.push(s, closeE4);
          all[s]!.push(closeE4);
          const expected = all[s]!.slice(-30);
          const start = window.start(s);
          expect([...window.closesE4.subarray(start, start + window.count(s))]).toEqual(expected);
          expect(window.sumE4[s]).toBe(expected.reduce((sum, value) => sum + value, 0));
          expect(window.recentSumE4[s]).toBe(expected.slice(-10).reduce((sum, value) => sum + value, 0));
        }
      }),
    );
  });

  it('gives the rule the same sums that it would make of the closes', () => {
    const closes = fc.array(fc.integer({ min: 1, max: 100_000_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(closes, fc.nat(389), (closesE4, minuteIndex) => {
        const window = new CloseWindow(1);
        for (const closeE4 of closesE4) window.push(0, closeE4);
        const minute = { ...MINUTE, minuteIndex };
        const bySums = ruleBySums(minute, window.count(0), window.recentSumE4[0]!, window.sumE4[0]!);
        expect(bySums).toBe(ruleAction(minute, closesE4.slice(-30)));
      }),
    );
  });
});

describe('random', () => {
  const hash = symbolHash('AAPL');

  it('is a function of seed, session, minute and symbol, and of nothing else', () => {
    const other = { closesE4: [[], []], observation: [1], ready: false, positions: [9, 9], minutes: 60 };
    expect(decideActions('random', input(other))).toEqual(decideActions('random', input()));
  });

  it('gives a symbol its action whatever stands beside it', () => {
    const alone = input({ symbols: ['MSFT'] });
    expect(decideActions('random', alone)[0]).toBe(decideActions('random', input())[1]);
  });

  it.each([
    ['seed', (at: number) => ({ ...MINUTE, seed: at }), () => hash],
    ['session', (at: number) => ({ ...MINUTE, session: 20200101 + at }), () => hash],
    ['minute', (at: number) => ({ ...MINUTE, minuteIndex: at }), () => hash],
    ['symbol', () => MINUTE, (at: number) => symbolHash(`S${at}`)],
  ])('spreads evenly over the actions as the %s changes', (_what, minuteAt, hashAt) => {
    const counts = [0, 0, 0];
    for (let at = 0; at < 3_000; at++) counts[randomAction(minuteAt(at), hashAt(at))]! += 1;
    // Four standard deviations around a third of 3,000 tries.
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(4 * Math.sqrt((3_000 * 2) / 9));
  });

  it('does not repeat one symbol in another, nor one minute in the next', () => {
    const actions = (symbol: string, from: number): string =>
      Array.from({ length: 60 }, (_, at) =>
        randomAction({ ...MINUTE, minuteIndex: from + at }, symbolHash(symbol)),
      ).join('');
    expect(actions('AAPL', 0)).not.toBe(actions('MSFT', 0));
    expect(actions('AAPL', 0)).not.toBe(actions('AAPL', 1));
  });

  it('answers what it always has: runs in store depend on it', () => {
    const actions = Array.from({ length: 24 }, (_, minuteIndex) => randomAction({ ...MINUTE, minuteIndex }, hash));
    expect(actions.join('')).toBe('222102010001021221022210');
  });
});

describe('hold', () => {
  it('never asks for anything', () => {
    expect(decideActions('hold', input())).toEqual([HOLD, HOLD]);
  });
});

describe('the hash of a symbol', () => {
  it('is FNV-1a of its characters', () => {
    // The published value of the empty text and of 'a'.
    expect([symbolHash(''), symbolHash('a')]).toEqual([0x811c9dc5, 0xe40c292c]);
  });
});
