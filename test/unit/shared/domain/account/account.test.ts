/**
 * The account: cash, positions and equity after known fills; then against a second implementation over any fills.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Account } from '../../../../../shared/domain/account/account.ts';
import type { Fill } from '../../../../../shared/domain/orders/types.ts';
import { FAULTY } from '../../../../../shared/domain/market/frame.ts';
import { bar, fill, frameOf } from '../../../../support/core/core.ts';

const START_E4 = 25_000_000;
const FEES = { commissionE4: 3_500, exchangeE4: 300, secE4: 250, tafE4: 15 };

describe('an account', () => {
  it('pays value and fees of a purchase, and marks it at its price', () => {
    const account = new Account(2, START_E4);
    account.applyFill(fill({ fees: FEES }), 0);
    expect(account).toMatchObject({
      cashE4: START_E4 - 10_000_000 - 4_065,
      feesE4: 4_065,
      realizedE4: 0,
      isFlat: false,
    });
    expect([account.exposureE4(), account.equityE4()]).toEqual([10_000_000, START_E4 - 4_065]);
  });

  it('realises a trade when it is flat, over all its parts, before fees', () => {
    const account = new Account(1, START_E4);
    account.applyFill(fill({ quantity: 6, priceE4: 1_000_000, fees: FEES }), 0);
    account.applyFill(fill({ quantity: 4, priceE4: 1_010_000 }), 0);
    account.applyFill(fill({ side: 'SELL', quantity: 7, priceE4: 1_020_000 }), 0);
    expect(account.realizedE4).toBe(0);
    account.applyFill(fill({ side: 'SELL', quantity: 3, priceE4: 990_000, fees: FEES }), 0);
    // 7 x 102 + 3 x 99 - 6 x 100 - 4 x 101 = 7.
    expect(account).toMatchObject({ realizedE4: 70_000, feesE4: 8_130, isFlat: true });
    expect(account.equityE4()).toBe(START_E4 + 70_000 - 8_130);
  });

  it('marks good bars at their close and carries the marks of the others', () => {
    const account = new Account(3, START_E4);
    for (const s of [0, 1, 2]) account.applyFill(fill({ quantity: 1 }), s);
    const frame = frameOf([bar({ closeE4: 1_050_000 }), null, bar({ closeE4: 9_000_000 })]);
    frame.status[2] = FAULTY;
    account.mark(frame);
    expect([...account.markE4]).toEqual([1_050_000, 1_000_000, 1_000_000]);
    expect(account.equityE4()).toBe(START_E4 + 50_000);
  });

  it('holds what was sold beyond its position as a short one, and goes on', () => {
    const account = new Account(1, START_E4);
    account.applyFill(fill({ quantity: 6, priceE4: 1_000_000 }), 0);
    account.applyFill(fill({ side: 'SELL', quantity: 10, priceE4: 1_010_000 }), 0);
    // 6 x $1 of the closed trade; 4 sold at $101 are the next one.
    expect(account).toMatchObject({ realizedE4: 60_000, isFlat: false });
    expect([account.quantity[0], account.investedE4[0], account.exposureE4()]).toEqual([-4, -4_040_000, 4_040_000]);
    account.applyFill(fill({ quantity: 4, priceE4: 1_000_000 }), 0);
    expect(account).toMatchObject({ realizedE4: 100_000, isFlat: true, cashE4: START_E4 + 100_000 });
  });

  it('loses on a short position when the price rises', () => {
    const account = new Account(1, START_E4);
    account.applyFill(fill({ side: 'SELL', quantity: 5, priceE4: 1_000_000 }), 0);
    account.markAt(0, 1_020_000);
    expect(account.equityE4()).toBe(START_E4 - 100_000);
  });

  it('refuses money beyond the safe integers', () => {
    expect(() => new Account(1, Number.NaN)).toThrow('cash is a safe integer, got NaN');
    expect(() => new Account(1, 2 ** 53)).toThrow('safe integer');
    const account = new Account(1, START_E4);
    expect(() => account.applyFill(fill({ quantity: 2 ** 40, priceE4: 2 ** 20 }), 0)).toThrow('fill value');
  });
});

/** A second implementation: keeps the fills and works everything out of them, in big integers. */
class NaiveAccount {
  readonly #fills: { fill: Fill; s: number }[] = [];
  readonly #marks: bigint[];

  constructor(symbolCount: number) {
    this.#marks = Array.from({ length: symbolCount }, () => 0n);
  }

  apply(made: Fill, s: number): void {
    this.#fills.push({ fill: made, s });
    this.#marks[s] = BigInt(made.priceE4);
  }

  mark(s: number, priceE4: number): void {
    this.#marks[s] = BigInt(priceE4);
  }

  quantity(s: number): bigint {
    return this.#of(s).reduce((sum, each) => sum + signed(each) * BigInt(each.quantity), 0n);
  }

  get fees(): bigint {
    return this.#fills.reduce((sum, each) => sum + feesOf(each.fill), 0n);
  }

  get cash(): bigint {
    return this.#fills.reduce((sum, { fill: each }) => sum - valueOf(each) - feesOf(each), BigInt(START_E4));
  }

  /** What came out of every stretch of fills that ended flat. */
  get realized(): bigint {
    return this.#marks.reduce((sum, _mark, s) => sum + this.#realizedOf(s), 0n);
  }

  get equity(): bigint {
    return this.#marks.reduce((sum, mark, s) => sum + mark * this.quantity(s), this.cash);
  }

  get exposure(): bigint {
    const values = this.#marks.map((mark, s) => mark * this.quantity(s));
    return values.reduce((sum, value) => sum + (value < 0n ? -value : value), 0n);
  }

  /** Share by share: each one bought or sold either opens or closes, and a stretch counts once it is flat. */
  #realizedOf(s: number): bigint {
    let [held, open, done] = [0n, 0n, 0n];
    for (const each of this.#of(s)) {
      for (let share = 0; share < each.quantity; share++) {
        held += signed(each);
        open -= signed(each) * BigInt(each.priceE4);
        if (held !== 0n) continue;
        done += open;
        open = 0n;
      }
    }
    return done;
  }

  #of(s: number): Fill[] {
    return this.#fills.filter((each) => each.s === s).map((each) => each.fill);
  }
}

function signed(each: Fill): bigint {
  return each.side === 'BUY' ? 1n : -1n;
}

function valueOf(each: Fill): bigint {
  return signed(each) * BigInt(each.quantity) * BigInt(each.priceE4);
}

function feesOf({ fees }: Fill): bigint {
  return BigInt(fees.commissionE4) + BigInt(fees.exchangeE4) + BigInt(fees.secE4) + BigInt(fees.tafE4);
}

const SYMBOLS = 3;
const price = fc.integer({ min: 1, max: 20_000_000 });
const fee = fc.nat(50_000);
const step = fc.record({
  s: fc.nat(SYMBOLS - 1),
  kind: fc.constantFrom('BUY', 'SELL', 'OVERSELL', 'CLOSE', 'MARK', 'RESTORE'),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  quantity: fc.integer({ min: 1, max: 500 }),
  priceE4: price,
  fees: fc.record({ commissionE4: fee, exchangeE4: fee, secE4: fee, tafE4: fee }),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What a step trades of a symbol that holds `held`, which may be short; null where a flat one would be closed. */
function tradeOf({ kind, share, quantity, priceE4, fees }: Step, held: number) {
  if (kind === 'BUY' || kind === 'OVERSELL') {
    return fill({ side: kind === 'BUY' ? 'BUY' : 'SELL', quantity, priceE4, fees });
  }
  const shares = kind === 'CLOSE' ? Math.abs(held) : Math.ceil(Math.abs(held) * share);
  return shares > 0 ? fill({ side: held > 0 ? 'SELL' : 'BUY', quantity: shares, priceE4, fees }) : null;
}

function standingOf(account: Account) {
  const { cashE4, realizedE4, feesE4 } = account;
  const money = [cashE4, realizedE4, feesE4, account.equityE4(), account.exposureE4()];
  return [...money, ...account.quantity].map((value) => BigInt(value));
}

function naiveStandingOf(naive: NaiveAccount) {
  const money = [naive.cash, naive.realized, naive.fees, naive.equity, naive.exposure];
  return [...money, ...Array.from({ length: SYMBOLS }, (_, s) => naive.quantity(s))];
}

describe('any sequence of fills and marks', () => {
  it('leaves what a second implementation says, also across snapshots', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let account = new Account(SYMBOLS, START_E4);
        const naive = new NaiveAccount(SYMBOLS);
        for (const each of steps) {
          const { s, kind, priceE4 } = each;
          if (kind === 'MARK') {
            account.markAt(s, priceE4);
            naive.mark(s, priceE4);
          } else if (kind === 'RESTORE') {
            account = Account.restore(structuredClone(account.snapshot()));
          } else {
            const made = tradeOf(each, account.quantity[s]!);
            if (made !== null) account.applyFill(made, s);
            if (made !== null) naive.apply(made, s);
          }
          expect(standingOf(account)).toEqual(naiveStandingOf(naive));
          expect(account.isFlat).toBe([0, 1, 2].every((symbol) => naive.quantity(symbol) === 0n));
        }
      }),
    );
  });

  it('changes equity by what is realised and not yet realised, less fees', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const account = new Account(SYMBOLS, START_E4);
        for (const each of steps) {
          const made = tradeOf(each, account.quantity[each.s]!);
          if (made !== null) account.applyFill(made, each.s);
        }
        const { positions } = account.snapshot();
        const unrealizedE4 = positions.reduce(
          (sum, { quantity, markE4, investedE4 }) => sum + quantity * markE4 - investedE4,
          0,
        );
        expect(account.equityE4() - START_E4).toBe(account.realizedE4 + unrealizedE4 - account.feesE4);
      }),
    );
  });
});
