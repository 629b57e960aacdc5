/**
 * One symbol at the bar broker: its position, its working entry, exit and protective stop, and how a bar treats them.
 */

import { assert, type EpochMs, MINUTE_MS, type PriceE4, type Quantity } from '../units/units.ts';
import type { Profile } from '../profile/profile.ts';
import type { SessionFees } from '../execution/fees.ts';
import { fillPriceE4 } from '../execution/fill-price.ts';
import type { ClosedOrder, CloseReason, Fill, FillCode, OpenOrder, Order } from '../orders/types.ts';
import { WorkingOrder } from './working-order.ts';

export interface BookMinute {
  readonly minuteIndex: number;
  readonly openMs: EpochMs;
  readonly fees: SessionFees;
  readonly report: { readonly fills: Fill[]; readonly closed: ClosedOrder[] };
}

export interface BookBar {
  readonly openE4: PriceE4;
  readonly lowE4: PriceE4;
  readonly volume: Quantity;
  /** Shares that may still trade in this bar; shrinks with every fill. */
  budget: Quantity;
}

/** A position forced out at the last mark has no bar to take volume from: it pays the impact of a full participation. */
const SESSION_END_VOLUME_MULTIPLE = 10;

export class SymbolBook {
  /** Close of the last good bar since the symbol has had a position or an order. */
  markE4: PriceE4 = 0;
  readonly #profile: Profile;
  #position: Quantity = 0;
  #entry: WorkingOrder | null = null;
  #exit: WorkingOrder | null = null;
  #stop: WorkingOrder | null = null;
  #stopTriggered = false;
  #sequence = 0;

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /** What the last session left open stays; its orders do not. */
  startSession(): void {
    this.markE4 = 0;
    this.#entry = null;
    this.#exit = null;
    this.#stop = null;
    this.#stopTriggered = false;
  }

  isActive(): boolean {
    return this.#position !== 0 || this.#entry !== null || this.#exit !== null || this.#stop !== null;
  }

  get position(): Quantity {
    return this.#position;
  }

  openOrders(): OpenOrder[] {
    return [this.#entry, this.#exit, this.#stop].flatMap((working) => (working === null ? [] : [working.open]));
  }

  get hasEntry(): boolean {
    return this.#entry !== null;
  }

  /** False where a bar with this low can do nothing to the book. */
  isTouchedBy(lowE4: PriceE4): boolean {
    if (this.#entry !== null || this.#exit !== null || this.#stopTriggered) return true;
    return this.#stop !== null && lowE4 <= this.#stop.order.stopPriceE4;
  }

  accept(order: Order): void {
    this.markE4 = order.referencePriceE4;
    if (order.kind === 'ENTRY') {
      assert(this.#entry === null && this.#position === 0, 'an entry meets a flat symbol without a working entry');
      this.#entry = new WorkingOrder(order);
    } else if (order.kind === 'STOP') {
      assert(order.parentRef === this.#entry?.order.orderRef, 'a protective stop is the child of the working entry');
      this.#stop = new WorkingOrder(order);
      this.#stopTriggered = false;
    } else {
      assert(this.#exit === null, 'a symbol has one working exit at most');
      this.#exit = new WorkingOrder(order);
    }
  }

  cancelEntry(orderRef: string, closed: ClosedOrder[]): boolean {
    if (this.#entry?.order.orderRef !== orderRef) return false;
    this.#endEntry('CANCELLED', closed);
    return true;
  }

  /** A minute with a good bar. */
  work(minute: BookMinute, bar: BookBar): void {
    this.#sequence = 0;
    this.#workExit(minute, bar);
    if (this.#stopTriggered) this.#fillStop(minute, bar, bar.openE4, minute.openMs);
    this.#workEntry(minute, bar);
    this.#triggerStop(minute, bar);
    this.#endIfFlat(minute);
  }

  /** A minute without one: an entry does not wait for a later bar, everything else does. */
  wait(minute: BookMinute): void {
    this.#sequence = 0;
    if (this.#entry !== null && !this.#profile.frictionless) this.#endEntry('EXPIRED', minute.report.closed);
    this.#endIfFlat(minute);
  }

  /**
   * After the last minute: a working exit fills at the last mark minus costs. A position that nobody has asked out, or
   * that has not had a price all session, stays for the next one; no order does.
   */
  closeSession(minute: BookMinute): void {
    if (this.#entry !== null) this.#endEntry('SESSION_END', minute.report.closed);
    const shares = Math.abs(this.#position);
    if (this.#exit !== null && shares > 0 && this.markE4 > 0) {
      const volume = shares * SESSION_END_VOLUME_MULTIPLE;
      const bar = { openE4: this.markE4, lowE4: this.markE4, volume, budget: Number.POSITIVE_INFINITY };
      const eventMs = minute.openMs + MINUTE_MS - 1;
      this.#fill(this.#exit, minute, bar, { referenceE4: this.markE4, eventMs, code: 'SESSION_END' });
    }
    this.#endIfFlat(minute);
    if (this.#exit !== null) this.#endExit('SESSION_END', minute.report.closed);
    if (this.#stop !== null) this.#endStop('SESSION_END', minute.report.closed);
  }

  #workExit(minute: BookMinute, bar: BookBar): void {
    if (this.#exit === null) return;
    // An exit at the open goes before the stop and cancels it.
    if (this.#stop !== null) this.#endStop('SUPERSEDED', minute.report.closed);
    if (this.#position === 0) return;
    this.#fill(this.#exit, minute, bar, { referenceE4: bar.openE4, eventMs: minute.openMs, code: 'OPEN' });
  }

  #workEntry(minute: BookMinute, bar: BookBar): void {
    const entry = this.#entry;
    if (entry === null) return;
    const quantity = Math.min(entry.remaining, bar.budget);
    if (quantity > 0 && this.#priceE4(entry.order, minute, bar, bar.openE4, quantity) <= limitE4(entry.order)) {
      this.#fill(entry, minute, bar, { referenceE4: bar.openE4, eventMs: minute.openMs, code: 'OPEN' });
    }
    // An entry lives for one minute: what the open did not give is not chased.
    this.#endEntry(entry.remaining === 0 ? 'FILLED' : 'EXPIRED', minute.report.closed);
  }

  #triggerStop(minute: BookMinute, bar: BookBar): void {
    const stop = this.#stop;
    if (stop === null || this.#stopTriggered || this.#position === 0) return;
    if (bar.lowE4 > stop.order.stopPriceE4) return;
    this.#stopTriggered = true;
    this.#fillStop(minute, bar, Math.min(stop.order.stopPriceE4, bar.openE4), minute.openMs + 1);
  }

  #fillStop(minute: BookMinute, bar: BookBar, referenceE4: PriceE4, eventMs: EpochMs): void {
    const stop = this.#stop;
    if (stop === null || this.#position === 0) return;
    this.#fill(stop, minute, bar, { referenceE4, eventMs, code: 'STOP' });
  }

  #fill(
    order: WorkingOrder,
    minute: BookMinute,
    bar: BookBar,
    at: { referenceE4: PriceE4; eventMs: EpochMs; code: FillCode },
  ): void {
    const quantity = Math.min(order.remaining, bar.budget, this.#reducible(order.order));
    if (quantity <= 0) return;
    const priceE4 = this.#priceE4(order.order, minute, bar, at.referenceE4, quantity);
    const { code, eventMs } = at;
    const print = { quantity, priceE4, code, minuteIndex: minute.minuteIndex, eventMs, sequence: this.#sequence };
    minute.report.fills.push(order.fill(print, minute.fees));
    this.#sequence += 1;
    this.#position += order.order.side === 'BUY' ? quantity : -quantity;
    bar.budget -= quantity;
    if (order === this.#entry) this.#stop?.grow(quantity);
  }

  /** An exit or a stop never trades through zero: of a long position it sells, of a short one it buys, what is there. */
  #reducible({ kind, side }: Order): Quantity {
    if (kind === 'ENTRY') return Number.POSITIVE_INFINITY;
    return side === 'SELL' ? this.#position : 0 - this.#position;
  }

  #priceE4(order: Order, minute: BookMinute, bar: BookBar, referenceE4: PriceE4, quantity: Quantity): PriceE4 {
    if (this.#profile.frictionless) return referenceE4;
    return fillPriceE4({
      side: order.side,
      referenceE4,
      quantity,
      barVolume: bar.volume,
      minuteIndex: minute.minuteIndex,
    });
  }

  /** Without a position and without an entry there is nothing left to exit or to protect. */
  #endIfFlat(minute: BookMinute): void {
    if (this.#position !== 0 || this.#entry !== null) return;
    if (this.#exit !== null) this.#endExit(this.#exit.remaining === 0 ? 'FILLED' : 'CANCELLED', minute.report.closed);
    if (this.#stop !== null) {
      const touched = this.#stop.filled > 0;
      this.#endStop(touched ? 'FILLED' : 'CANCELLED', minute.report.closed);
    }
  }

  #endEntry(reason: CloseReason, closed: ClosedOrder[]): void {
    assert(this.#entry !== null, 'there is an entry to end');
    closed.push({ orderRef: this.#entry.order.orderRef, reason });
    this.#entry = null;
    if (this.#position === 0 && this.#stop !== null) this.#endStop('CANCELLED', closed);
  }

  #endExit(reason: CloseReason, closed: ClosedOrder[]): void {
    assert(this.#exit !== null, 'there is an exit to end');
    closed.push({ orderRef: this.#exit.order.orderRef, reason });
    this.#exit = null;
  }

  #endStop(reason: CloseReason, closed: ClosedOrder[]): void {
    assert(this.#stop !== null, 'there is a stop to end');
    closed.push({ orderRef: this.#stop.order.orderRef, reason });
    this.#stop = null;
    this.#stopTriggered = false;
  }
}

/** A limit of 0 means no limit: the comparison profile buys at any open. */
function limitE4(order: Order): PriceE4 {
  return order.limitPriceE4 === 0 ? Number.POSITIVE_INFINITY : order.limitPriceE4;
}
