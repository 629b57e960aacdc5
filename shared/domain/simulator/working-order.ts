/**
 * An order at the broker: what remains of it, and the fees its fills have been charged so far.
 */

import { assert, type EpochMs, type PriceE4, type Quantity, type UsdE4 } from '../units/units.ts';
import { NO_FEES, orderFees, type SessionFees, subtractFees } from '../execution/fees.ts';
import type { Fees, Fill, FillCode, OpenOrder, Order } from '../orders/types.ts';

export interface FillPrint {
  readonly quantity: Quantity;
  readonly priceE4: PriceE4;
  readonly code: FillCode;
  readonly minuteIndex: number;
  readonly eventMs: EpochMs;
  readonly sequence: number;
}

export class WorkingOrder {
  readonly order: Order;
  /** What it works for; a child grows with what its parent fills. */
  #quantity: Quantity;
  #filled: Quantity = 0;
  #valueE4: UsdE4 = 0;
  #charged: Fees = NO_FEES;
  #fills = 0;

  constructor(order: Order) {
    this.order = order;
    this.#quantity = order.parentRef === '' ? order.quantity : 0;
  }

  get remaining(): Quantity {
    return this.#quantity - this.#filled;
  }

  get filled(): Quantity {
    return this.#filled;
  }

  get open(): OpenOrder {
    return { order: this.order, quantity: this.#quantity, filled: this.#filled };
  }

  /** The parent of this child has filled so much more: it protects what is there and never more. */
  grow(quantity: Quantity): void {
    this.#quantity += quantity;
    assert(this.#quantity <= this.order.quantity, 'a child works for at most what its parent was approved for');
  }

  /** Books a part and charges it the growth of the order's cumulative fees. */
  fill(print: FillPrint, fees: SessionFees): Fill {
    assert(print.quantity > 0 && print.quantity <= this.remaining, 'a fill fits the remaining quantity');
    this.#filled += print.quantity;
    this.#valueE4 += print.quantity * print.priceE4;
    const total = orderFees(fees, { side: this.order.side, quantity: this.#filled, valueE4: this.#valueE4 });
    const charge = this.#fills === 0 ? total : subtractFees(total, this.#charged);
    this.#charged = total;
    this.#fills += 1;
    return {
      fillId: `${this.order.orderRef}.${this.#fills}`,
      orderRef: this.order.orderRef,
      symbol: this.order.symbol,
      side: this.order.side,
      quantity: print.quantity,
      priceE4: print.priceE4,
      fees: charge,
      code: print.code,
      session: this.order.session,
      minuteIndex: print.minuteIndex,
      eventMs: print.eventMs,
      sequence: print.sequence,
    };
  }
}
