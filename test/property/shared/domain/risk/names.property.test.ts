/**
 * Names decide nothing but whose turn it is: the same wishes under other names, given out in the order of their turns,
 * get the same verdicts. So no symbol is favoured by its place in the alphabet, whatever limit binds.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feeTable } from '../../../../../shared/domain/execution/fee-tables.ts';
import { BUY, HOLD, SELL } from '../../../../../shared/domain/policy/actions.ts';
import { profile } from '../../../../../shared/domain/profile/profile.ts';
import { newOpening } from '../../../../../shared/domain/risk/opening.ts';
import { RiskStage } from '../../../../../shared/domain/risk/risk-stage.ts';
import { fill, SESSION, signalsOf } from '../../../../support/core/core.ts';
import { inTurn } from '../../../../support/core/turns.ts';

const MINUTE = 40;
const SEED = 7;

interface Wanted {
  readonly action: typeof SELL | typeof HOLD | typeof BUY;
  /** Shares that are held when the minute begins. */
  readonly held: number;
  readonly entryQuantity: number;
  readonly priceE4: number;
}

interface Limits {
  readonly cashE4: number;
  readonly ordersPerMinuteMax: number;
}

const wanted: fc.Arbitrary<Wanted> = fc.record({
  action: fc.constantFrom(BUY, BUY, BUY, SELL, HOLD),
  held: fc.constantFrom(0, 0, 0, 2),
  entryQuantity: fc.integer({ min: 1, max: 9 }),
  priceE4: fc.integer({ min: 100, max: 1_000 }).map((dollarTenths) => dollarTenths * 1_000),
});
const limits: fc.Arbitrary<Limits> = fc.record({
  cashE4: fc.integer({ min: 1_000, max: 4_000 }).map((dollars) => dollars * 10_000),
  ordersPerMinuteMax: fc.constantFrom(1, 2, 4, Number.POSITIVE_INFINITY),
});
const name = fc.stringMatching(/^[A-Z]{1,5}$/);

/** Verdicts and quantities of one minute, in the order of the wishes. */
function decide(names: readonly string[], wishes: readonly Wanted[], { cashE4, ordersPerMinuteMax }: Limits) {
  const symbols = names.toSorted();
  const of = new Map(names.map((symbol, at) => [symbol, wishes[at]!]));
  const stage = new RiskStage({
    symbols,
    profile: { ...profile('basic'), ordersPerMinuteMax },
    feeTable: feeTable('tiered'),
    opening: newOpening(cashE4),
    rearm: 'manual',
    seed: SEED,
  });
  stage.startSession(SESSION, 390, null);
  const fills = symbols.flatMap((symbol) => {
    const { held: quantity, priceE4 } = of.get(symbol)!;
    return quantity === 0 ? [] : [fill({ symbol, quantity, priceE4, fillId: symbol })];
  });
  stage.applyReport({ fills, closed: [] });
  symbols.forEach((symbol, s) => stage.account.markAt(s, of.get(symbol)!.priceE4));
  stage.evaluate(MINUTE);
  const frame = stage.decide(
    MINUTE,
    signalsOf(
      symbols.map((symbol) => {
        const { action, entryQuantity, priceE4 } = of.get(symbol)!;
        return { action, entryQuantity, markE4: priceE4, limitPriceE4: priceE4 + 100 };
      }),
    ),
  );
  const decision = frame.toDecision({ symbols, session: SESSION.date, minutes: 390 });
  const verdicts = new Map(decision.symbols.map(({ symbol, verdict, quantity }) => [symbol, `${verdict} ${quantity}`]));
  return names.map((symbol) => verdicts.get(symbol)!);
}

describe('the same wishes under other names', () => {
  it('get the same verdicts, turn by turn', () => {
    let bound = 0;
    const pairs = fc.uniqueArray(fc.tuple(wanted, name, name), { minLength: 2, maxLength: 12, selector: ([, a]) => a });
    fc.assert(
      fc.property(pairs, limits, (given, within) => {
        const others = given.map(([, , other]) => other);
        fc.pre(new Set(others).size === others.length);
        const at = { seed: SEED, session: SESSION.date, minuteIndex: MINUTE };
        const wishes = given.map(([wish]) => wish);
        const [one, other] = [given.map(([, first]) => first), others].map((names) => inTurn(names.toSorted(), at));
        const verdicts = decide(one!, wishes, within);
        expect(decide(other!, wishes, within)).toEqual(verdicts);
        if (verdicts.some((text) => /LEVERAGE|ORDER_RATE/.test(text))) bound += 1;
      }),
      { numRuns: 400 },
    );
    // Had no limit been short, names could not have mattered.
    expect(bound).toBeGreaterThan(100);
  });
});
