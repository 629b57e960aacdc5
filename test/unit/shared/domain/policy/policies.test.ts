/**
 * The built-in policies: the rule against naive means, its window of minutes, the counter hash of random, hold; and what
 * holds for every policy of the registry.
 */

import { BUY, HOLD, SELL } from '../../../../../shared/domain/policy/actions.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ActInput, actRequestSchema } from '../../../../../shared/contracts/act.v1.ts';
import { actInput, readActInput } from '../../../../../shared/contracts/policy-conversions.ts';
import { CloseWindow } from '../../../../../shared/domain/policy/close-window.ts';
import { counterHash, symbolHash } from '../../../../../shared/domain/policy/counter-hash.ts';
import { findPolicy, POLICY_NAMES, policyId, policyOf } from '../../../../../shared/domain/policy/registry.ts';

const MINUTE = { session: 20250103, minuteIndex: 100, minutes: 390, seed: 1 };
const RISING = Array.from({ length: 30 }, (_, at) => 1_000_000 + at * 100);
const FALLING = RISING.toReversed();

function input(overrides: Partial<ActInput> = {}): ActInput {
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

/** Written over whatever was there before. */
function actionsOf(policy: string, asked: ActInput, before = 7): number[] {
  const actions = new Uint8Array(asked.symbols.length).fill(before);
  policyOf(policy).decide(readActInput(asked), actions);
  return [...actions];
}

/** The answer of the rule to one symbol's closes. */
function ruleAction(minute: typeof MINUTE, closesE4: readonly number[]) {
  return actionsOf('rule', input({ ...minute, symbols: ['AAPL'], closesE4: [closesE4] }))[0];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('the registry', () => {
  it('knows the built-in policies by name, and says of any other that it is unknown', () => {
    expect(POLICY_NAMES).toEqual(['rule', 'hold', 'random']);
    expect(POLICY_NAMES.map((name) => findPolicy(name)?.name)).toEqual(POLICY_NAMES);
    expect(findPolicy('ppo-7')).toBeNull();
    expect(() => policyOf('ppo-7')).toThrow("(rule, hold, random), got 'ppo-7'");
  });

  it.each(POLICY_NAMES)(
    'holds %s, which writes an action for every symbol and is a function of its input alone',
    (name) => {
      const asked = input({ symbols: ['A', 'B', 'C'], closesE4: [RISING, FALLING, []], positions: [0, 3, 0] });
      const actions = actionsOf(name, asked);
      expect(actions.every((action) => [SELL, HOLD, BUY].includes(action as never))).toBe(true);
      expect(actionsOf(name, asked, 1)).toEqual(actions);
    },
  );

  it('names a policy by what decides: content and parameters, keys sorted', () => {
    expect(policyId(policyOf('rule'))).toBe('rule');
    const crossing = { ...policyOf('rule'), name: 'cross', sha256: 'ab12', parameters: { slow: 30, fast: 10 } };
    expect(policyId(crossing)).toBe('cross@ab12 {"fast":10,"slow":30}');
  });
});

describe('what a policy is asked', () => {
  it('is the same after a journey as a message', () => {
    const closes = fc.array(fc.integer({ min: 1, max: 100_000_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(closes, closes, fc.boolean(), fc.nat(389), (own, other, ready, minuteIndex) => {
        const asked = input({ closesE4: [own, other], ready, minuteIndex, observation: Array(24).fill(0.5) });
        const request = { policy: 'rule', featureSchemaHash: 'a'.repeat(64), inputs: [actInput(readActInput(asked))] };
        expect(actRequestSchema.parse(JSON.parse(JSON.stringify(request))).inputs[0]).toEqual(asked);
      }),
    );
  });
});

describe('the rule', () => {
  it('buys what rises and sells what falls', () => {
    expect(actionsOf('rule', input())).toEqual([BUY, SELL]);
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

  it('gives the rule the same sums after 60 closes as the last 30 alone would', () => {
    const closes = fc.array(fc.integer({ min: 1, max: 100_000_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(closes, fc.nat(389), (closesE4, minuteIndex) => {
        const window = new CloseWindow(1);
        for (const closeE4 of closesE4) window.push(0, closeE4);
        const asked = { ...readActInput(input({ symbols: ['AAPL'], closesE4: [[]], minuteIndex })), closes: window };
        const actions = new Uint8Array(1);
        policyOf('rule').decide(asked, actions);
        expect(actions[0]).toBe(ruleAction({ ...MINUTE, minuteIndex }, closesE4.slice(-30)));
      }),
    );
  });
});

describe('random', () => {
  const hash = symbolHash('AAPL');

  it('is a function of seed, session, minute and symbol, and of nothing else', () => {
    const other = { closesE4: [[], []], observation: [1], ready: false, positions: [9, 9], minutes: 60 };
    expect(actionsOf('random', input(other))).toEqual(actionsOf('random', input()));
  });

  it('gives a symbol its action whatever stands beside it', () => {
    const alone = input({ symbols: ['MSFT'] });
    expect(actionsOf('random', alone)[0]).toBe(actionsOf('random', input())[1]);
  });

  it.each([
    ['seed', (at: number) => ({ ...MINUTE, seed: at }), () => hash],
    ['session', (at: number) => ({ ...MINUTE, session: 20200101 + at }), () => hash],
    ['minute', (at: number) => ({ ...MINUTE, minuteIndex: at }), () => hash],
    ['symbol', () => MINUTE, (at: number) => symbolHash(`S${at}`)],
  ])('spreads evenly over the actions as the %s changes', (_what, minuteAt, hashAt) => {
    const counts = [0, 0, 0];
    for (let at = 0; at < 3_000; at++) counts[counterHash(minuteAt(at), hashAt(at)) % 3]! += 1;
    // Four standard deviations around a third of 3,000 tries.
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(4 * Math.sqrt((3_000 * 2) / 9));
  });

  it('does not repeat one symbol in another, nor one minute in the next', () => {
    const actions = (symbol: string, from: number): string =>
      Array.from(
        { length: 60 },
        (_, at) => counterHash({ ...MINUTE, minuteIndex: from + at }, symbolHash(symbol)) % 3,
      ).join('');
    expect(actions('AAPL', 0)).not.toBe(actions('MSFT', 0));
    expect(actions('AAPL', 0)).not.toBe(actions('AAPL', 1));
  });

  it('answers what it always has: runs in store depend on it', () => {
    const actions = Array.from({ length: 24 }, (_, minuteIndex) => counterHash({ ...MINUTE, minuteIndex }, hash) % 3);
    expect(actions.join('')).toBe('222102010001021221022210');
  });
});

describe('hold', () => {
  it('never asks for anything', () => {
    expect(actionsOf('hold', input())).toEqual([HOLD, HOLD]);
  });
});

describe('the hash of a symbol', () => {
  it('is FNV-1a of its characters', () => {
    // The published value of the empty text and of 'a'.
    expect([symbolHash(''), symbolHash('a')]).toEqual([0x811c9dc5, 0xe40c292c]);
  });
});
