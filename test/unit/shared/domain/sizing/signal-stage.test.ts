/**
 * The signal half of a minute: what is sized, at which limit price, and who shrinks for whom.
 */

import type { ProfileName } from '../../../../../shared/domain/profile/profile.ts';
import { type Action, BUY, HOLD, SELL } from '../../../../../shared/domain/policy/actions.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actInput } from '../../../../../shared/contracts/policy-conversions.ts';
import { Account } from '../../../../../shared/domain/account/account.ts';
import { profile } from '../../../../../shared/domain/profile/profile.ts';
import { ReturnWindow } from '../../../../../shared/domain/sizing/correlation.ts';
import { SignalFrame, SignalStage } from '../../../../../shared/domain/sizing/signal-stage.ts';
import { type Bar, bar, fill, frameOf, NEXT_SESSION, SESSION } from '../../../../support/core/core.ts';
import { seededRandom } from '../../../../support/core/seeded-random.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const RANDOM = seededRandom(7);
const NOISE = Array.from({ length: 61 }, () => RANDOM() - 0.5);

/** A stage that has seen these closes of both symbols, the last of them $100 each. */
class Desk {
  readonly account = new Account(2, 25_000_000);
  readonly #stage: SignalStage;
  #minute = 0;
  #bars: (Bar | null)[] = [null, null];

  constructor(name: ProfileName = 'basic') {
    this.#stage = new SignalStage({ symbols: SYMBOLS, profile: profile(name), seed: 1, withFeatures: false });
    this.#stage.startSession(SESSION, 390);
  }

  sees(bars: readonly (Partial<Bar> | null)[]): this {
    this.#bars = bars.map((each) => (each === null ? null : bar(each)));
    this.#stage.update(this.#minute, frameOf(this.#bars));
    this.account.mark(frameOf(this.#bars));
    this.#minute += 1;
    return this;
  }

  seesAll(a: readonly number[], b: readonly number[]): this {
    a.forEach((closeE4, at) => void this.sees([{ closeE4 }, { closeE4: b[at]! }]));
    return this;
  }

  opensAgain(): this {
    this.#stage.startSession(NEXT_SESSION, 390);
    this.#minute = 0;
    return this;
  }

  get input() {
    return actInput(this.#stage.observe(this.account));
  }

  sized(...actions: Action[]): SignalFrame {
    const out = new SignalFrame(2);
    out.actions.set(actions);
    this.#stage.size(frameOf(this.#bars), this.account, out);
    return out;
  }
}

/** Closes around $100 that follow the noise by `share`, and other noise by the rest; the last is $100. */
function closes(share: number, seed: number): number[] {
  const random = seededRandom(seed);
  const all = NOISE.map((each) =>
    Math.round(1_000_000 * (1 + 0.01 * (share * each + (1 - Math.abs(share)) * (random() - 0.5)))),
  );
  return [...all.slice(0, -1), 1_000_000];
}

const LEADER = closes(1, 1);

describe('a BUY', () => {
  it('of a flat symbol is sized at the close plus the collar', () => {
    const { entryQuantity, limitPriceE4, markE4, present } = new Desk().sees([{}, {}]).sized(BUY, HOLD);
    expect([...entryQuantity]).toEqual([9, 0]);
    expect([...limitPriceE4]).toEqual([1_002_000, 0]);
    expect([...markE4]).toEqual([1_000_000, 1_000_000]);
    expect([...present]).toEqual([1, 1]);
  });

  it('of a missing bar is not sized and keeps the mark', () => {
    const frame = new Desk().sees([{}, {}]).sees([null, {}]).sized(BUY, BUY);
    expect([...frame.present]).toEqual([0, 1]);
    expect([...frame.entryQuantity]).toEqual([0, 9]);
    expect(frame.markE4[0]).toBe(1_000_000);
  });

  it('while long is not sized', () => {
    const desk = new Desk().sees([{}, {}]);
    desk.account.applyFill(fill({ quantity: 3 }), 0);
    expect([...desk.sized(BUY, SELL).entryQuantity]).toEqual([0, 0]);
  });

  it('is sized to the leverage that positions leave', () => {
    const desk = new Desk().sees([{}, {}]);
    desk.account.applyFill(fill({ quantity: 21 }), 0);
    expect(desk.sized(HOLD, BUY).entryQuantity[1]).toBe(3);
  });

  it('under bench is 100 shares without a limit price', () => {
    const frame = new Desk('bench').seesAll(LEADER, LEADER).sized(BUY, BUY);
    expect([...frame.entryQuantity]).toEqual([100, 100]);
    expect([...frame.limitPriceE4]).toEqual([0, 0]);
    expect([...frame.correlated]).toEqual([0, 0]);
  });
});

describe('what a policy is asked', () => {
  it('is the minute, the closes of the session so far, and the positions', () => {
    const desk = new Desk().sees([{ closeE4: 1_000_000 }, {}]).sees([null, { closeE4: 1_010_000 }]);
    desk.account.applyFill(fill({ quantity: 3 }), 1);
    expect(desk.input).toMatchObject({
      session: 20250103,
      minuteIndex: 1,
      minutes: 390,
      seed: 1,
      symbols: SYMBOLS,
      closesE4: [[1_000_000], [1_000_000, 1_010_000]],
      positions: [0, 3],
    });
  });

  it('holds nothing of the session before', () => {
    const desk = new Desk()
      .seesAll(LEADER, LEADER)
      .opensAgain()
      .sees([{ closeE4: 1_020_000 }, null]);
    expect(desk.input).toMatchObject({ session: 20250106, minuteIndex: 0, closesE4: [[1_020_000], []] });
  });
});

describe('symbols that move together', () => {
  it('are both reduced to seven tenths when both are wanted', () => {
    const frame = new Desk().seesAll(LEADER, LEADER).sized(BUY, BUY);
    expect([...frame.correlated]).toEqual([1, 1]);
    expect([...frame.entryQuantity]).toEqual([6, 6]);
  });

  it('are reduced where the other is held', () => {
    const desk = new Desk().seesAll(LEADER, LEADER);
    desk.account.applyFill(fill({ quantity: 3 }), 0);
    expect([...desk.sized(HOLD, BUY).entryQuantity]).toEqual([0, 6]);
  });

  it('are not reduced where the other is neither held nor wanted', () => {
    const frame = new Desk().seesAll(LEADER, LEADER).sized(BUY, HOLD);
    expect([frame.correlated[0], frame.entryQuantity[0]]).toEqual([0, 9]);
    expect(new Desk().seesAll(LEADER, LEADER).sized(BUY, SELL).entryQuantity[0]).toBe(9);
  });

  it('are reduced when they move against each other', () => {
    const mirror = closes(-1, 1);
    expect([...new Desk().seesAll(LEADER, mirror).sized(BUY, BUY).entryQuantity]).toEqual([6, 6]);
  });

  it('are not reduced before 61 minutes have been seen', () => {
    const desk = new Desk().seesAll(LEADER.slice(1), LEADER.slice(1));
    expect([...desk.sized(BUY, BUY).entryQuantity]).toEqual([9, 9]);
  });

  it('are strangers again when the next session opens', () => {
    const desk = new Desk().seesAll(LEADER, LEADER).opensAgain().sees([{}, {}]);
    expect([...desk.sized(BUY, BUY).entryQuantity]).toEqual([9, 9]);
  });

  it('are reduced above a correlation of 0.8 and at no other', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.4, max: 0.9, noNaN: true }),
        fc.nat(10_000),
        fc.boolean(),
        (share, seed, against) => {
          const follower = closes(against ? -share : share, seed);
          const window = new ReturnWindow(2);
          LEADER.forEach((closeE4, at) => {
            window.push(0, closeE4);
            window.push(1, follower[at]!);
          });
          const isReduced = Math.abs(window.correlation(0, 1)) > 0.8;
          const frame = new Desk().seesAll(LEADER, follower).sized(BUY, BUY);
          expect([...frame.correlated]).toEqual(isReduced ? [1, 1] : [0, 0]);
          expect([...frame.entryQuantity]).toEqual(isReduced ? [6, 6] : [9, 9]);
        },
      ),
    );
  });
});
