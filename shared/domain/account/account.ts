/**
 * The virtual account: cash, positions and equity as a fold over fills and marks.
 *
 * Money in 1e-4 USD, exact. `realizedE4` is before fees; fees are kept apart, so that profit before
 * and after fees are both plain sums. A negative quantity is a short position: a broker that reports more sold than
 * held is booked as it says, and what follows from it is for risk to decide.
 */

import { type Fill, feesTotalE4 } from '../orders/types.ts';
import { type MinuteFrame, PRESENT } from '../market/frame.ts';
import { assertSafeInteger, type PriceE4, type Quantity, type UsdE4 } from '../units/units.ts';

export interface AccountSnapshot {
  readonly cashE4: UsdE4;
  readonly realizedE4: UsdE4;
  readonly feesE4: UsdE4;
  readonly positions: readonly { readonly quantity: Quantity; readonly investedE4: UsdE4; readonly markE4: PriceE4 }[];
}

export class Account {
  cashE4: UsdE4;
  realizedE4: UsdE4 = 0;
  feesE4: UsdE4 = 0;
  readonly quantity: Float64Array;
  /** Paid in minus taken out of the open trade, before fees; negative for a short one. */
  readonly investedE4: Float64Array;
  readonly markE4: Float64Array;
  #openPositions = 0;

  constructor(symbolCount: number, cashE4: UsdE4) {
    this.cashE4 = assertSafeInteger(cashE4, 'cash');
    this.quantity = new Float64Array(symbolCount);
    this.investedE4 = new Float64Array(symbolCount);
    this.markE4 = new Float64Array(symbolCount);
  }

  static restore(snapshot: AccountSnapshot): Account {
    const account = new Account(snapshot.positions.length, snapshot.cashE4);
    account.realizedE4 = snapshot.realizedE4;
    account.feesE4 = snapshot.feesE4;
    snapshot.positions.forEach((position, s) => {
      account.quantity[s] = position.quantity;
      account.investedE4[s] = position.investedE4;
      account.markE4[s] = position.markE4;
      if (position.quantity !== 0) account.#openPositions += 1;
    });
    return account;
  }

  snapshot(): AccountSnapshot {
    const positions = Array.from(this.quantity, (quantity, s) => ({
      quantity,
      investedE4: this.investedE4[s]!,
      markE4: this.markE4[s]!,
    }));
    return { cashE4: this.cashE4, realizedE4: this.realizedE4, feesE4: this.feesE4, positions };
  }

  applyFill(fill: Fill, s: number): void {
    const valueE4 = assertSafeInteger(fill.priceE4 * fill.quantity, 'fill value');
    const feesE4 = feesTotalE4(fill.fees);
    const isBuy = fill.side === 'BUY';
    this.#trade(s, isBuy ? fill.quantity : 0 - fill.quantity, fill.priceE4);
    this.markE4[s] = fill.priceE4;
    this.feesE4 += feesE4;
    this.cashE4 = assertSafeInteger(this.cashE4 + (isBuy ? -valueE4 : valueE4) - feesE4, 'cash');
  }

  /** `signed`: positive bought, negative sold. A fill through zero ends one trade and begins the next. */
  #trade(s: number, signed: Quantity, priceE4: PriceE4): void {
    const held = this.quantity[s]!;
    const isThroughZero = held !== 0 && Math.sign(held + signed) === -Math.sign(held);
    const first = isThroughZero ? -held : signed;
    this.#add(s, first, priceE4);
    if (isThroughZero) this.#add(s, signed - first, priceE4);
  }

  #add(s: number, signed: Quantity, priceE4: PriceE4): void {
    if (this.quantity[s] === 0) this.#openPositions += 1;
    this.quantity[s] = this.quantity[s]! + signed;
    this.investedE4[s] = this.investedE4[s]! + signed * priceE4;
    if (this.quantity[s] === 0) this.#closeTrade(s);
  }

  /** A trade is realised when the position is flat, so that no cost is ever divided among shares. */
  #closeTrade(s: number): void {
    this.realizedE4 -= this.investedE4[s]!;
    this.investedE4[s] = 0;
    this.#openPositions -= 1;
  }

  /** Marks every symbol with a good bar at its close; the others carry their mark. */
  mark(frame: MinuteFrame): void {
    for (let s = 0; s < this.markE4.length; s++) {
      if (frame.status[s] === PRESENT) this.markE4[s] = frame.closeE4[s]!;
    }
  }

  markAt(s: number, priceE4: PriceE4): void {
    this.markE4[s] = priceE4;
  }

  get isFlat(): boolean {
    return this.#openPositions === 0;
  }

  /** Gross exposure at marks. */
  exposureE4(): UsdE4 {
    if (this.#openPositions === 0) return 0;
    let exposureE4 = 0;
    for (let s = 0; s < this.quantity.length; s++) exposureE4 += Math.abs(this.quantity[s]! * this.markE4[s]!);
    return exposureE4;
  }

  equityE4(): UsdE4 {
    if (this.#openPositions === 0) return this.cashE4;
    let equityE4 = this.cashE4;
    for (let s = 0; s < this.quantity.length; s++) equityE4 += this.quantity[s]! * this.markE4[s]!;
    return assertSafeInteger(equityE4, 'equity');
  }
}
