/**
 * Value at risk of what is held and out, with one entry added: what the guard asks under a profile with a VaR limit.
 *
 * A short position counts with its sign, since it gains where a long one loses.
 */

import type { Account } from '../account/account.ts';
import type { PriceE4, Quantity, UsdE4 } from '../units/units.ts';
import type { OpenOrders } from './open-orders.ts';
import type { VarHistory } from './var.ts';

export class PortfolioVar {
  /** Of the session; null where the profile has no VaR limit. */
  history: VarHistory | null = null;
  readonly #notionalE4: Float64Array;

  constructor(symbolCount: number) {
    this.#notionalE4 = new Float64Array(symbolCount);
  }

  /** Null where the history does not say. */
  withEntryE4(
    { account, orders }: { readonly account: Account; readonly orders: OpenOrders },
    entry: { readonly s: number; readonly quantity: Quantity; readonly priceE4: PriceE4 },
  ): UsdE4 | null {
    const { s, quantity, priceE4 } = entry;
    if (this.history === null || !this.history.has(s)) return null;
    for (let other = 0; other < this.#notionalE4.length; other++) {
      const heldE4 = account.quantity[other]! * account.markE4[other]!;
      this.#notionalE4[other] = heldE4 + orders.pendingEntryOfE4(other);
    }
    this.#notionalE4[s] = this.#notionalE4[s]! + quantity * priceE4;
    const varE4 = this.history.portfolioUsdE4(this.#notionalE4);
    return Number.isNaN(varE4) ? null : varE4;
  }
}
