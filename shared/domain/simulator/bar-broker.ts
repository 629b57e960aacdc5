/**
 * A broker made of bars: fills approved orders by the rulings of docs/decisions/0002-trading-semantics.md.
 *
 * A pure function of the bars and the orders it was given, so that feeding both again after a restart rebuilds it.
 * Order inside one bar: exit and triggered stop at the open, entry at the open, protective stop along
 * open → low → high → close.
 */

import type { Session } from '../calendar/calendar.ts';
import { type MinuteFrame, PRESENT } from '../market/frame.ts';
import type { Profile } from '../profile/profile.ts';
import { assert, MINUTE_MS, type Quantity } from '../units/units.ts';
import type { FeeTable } from '../execution/fee-tables.ts';
import { type SessionFees, sessionFees } from '../execution/fees.ts';
import { type BookMinute, SymbolBook } from './symbol-book.ts';
import type { BrokerReport, ClosedOrder, Fill, OpenOrder, Order, Position } from '../orders/types.ts';

const NOTHING: BrokerReport = { fills: [], closed: [] };

export class BarBroker {
  readonly #symbols: readonly string[];
  readonly #profile: Profile;
  readonly #feeTable: FeeTable;
  readonly #books: SymbolBook[];
  /** True where a book holds a position or an order, so that idle symbols cost nothing. */
  readonly #active: Uint8Array;
  #activeCount = 0;
  #fees: SessionFees;
  /** Orders ended by a decision; reported with the next minute, as a real broker would. */
  #carried: ClosedOrder[] = [];
  #openMs = 0;
  #minutes = 0;

  constructor(options: { symbols: readonly string[]; profile: Profile; fees: FeeTable }) {
    this.#symbols = options.symbols;
    this.#profile = options.profile;
    this.#feeTable = options.fees;
    this.#books = options.symbols.map(() => new SymbolBook(options.profile));
    this.#active = new Uint8Array(options.symbols.length);
    this.#fees = sessionFees(options.fees, 0);
  }

  startSession(session: Session, minutes: number): void {
    this.#carried = [];
    this.#openMs = session.openMs;
    this.#minutes = minutes;
    this.#fees = sessionFees(this.#feeTable, session.date);
    for (let s = 0; s < this.#books.length; s++) {
      this.#books[s]!.startSession();
      this.#setActive(s, this.#books[s]!.isActive() ? 1 : 0);
    }
  }

  /** Works every order on the bars of one minute. The frame has been through quality. */
  onMinute(minuteIndex: number, frame: MinuteFrame): BrokerReport {
    if (this.#activeCount === 0 && this.#carried.length === 0) return NOTHING;
    const isLast = minuteIndex === this.#minutes - 1;
    // Made for the first book that has something to do: most minutes have none.
    let minute: BookMinute | null = null;
    if (this.#carried.length > 0) {
      minute = this.#minute(minuteIndex, this.#carried);
      this.#carried = [];
    }
    for (let s = 0; s < this.#books.length; s++) {
      if (this.#active[s] === 0) continue;
      const book = this.#books[s]!;
      const present = frame.status[s] === PRESENT;
      if (present) book.markE4 = frame.closeE4[s]!;
      // A position that is merely held, far from its stop, costs nothing.
      if (!isLast && !(present ? book.isTouchedBy(frame.lowE4[s]!) : book.hasEntry)) continue;
      minute ??= this.#minute(minuteIndex, []);
      if (present) book.work(minute, this.#bar(frame, s));
      else book.wait(minute);
      if (isLast) book.closeSession(minute);
      this.#setActive(s, book.isActive() ? 1 : 0);
    }
    if (minute === null) return NOTHING;
    sortByLedgerOrder(minute.report.fills);
    return minute.report;
  }

  #minute(minuteIndex: number, closed: ClosedOrder[]): BookMinute {
    const openMs = this.#openMs + minuteIndex * MINUTE_MS;
    return { minuteIndex, openMs, fees: this.#fees, report: { fills: [], closed } };
  }

  /** What works, parents before their children, in the order of the symbols. */
  openOrders(): OpenOrder[] {
    return this.#books.flatMap((book) => book.openOrders());
  }

  /** What is held, by symbol; flat ones are left out. */
  positions(): Position[] {
    return this.#symbols
      .map((symbol, s) => ({ symbol, quantity: this.#books[s]!.position }))
      .filter(({ quantity }) => quantity !== 0);
  }

  /** Takes the orders of a decision; they work from the next minute on. */
  apply(decision: { readonly orders: readonly Order[]; readonly cancels: readonly string[] }): void {
    for (const orderRef of decision.cancels) this.#cancel(orderRef);
    for (const order of decision.orders) {
      const s = this.#symbols.indexOf(order.symbol);
      assert(s >= 0, `an order names a symbol of the run, got ${order.symbol}`);
      this.#books[s]!.accept(order);
      this.#setActive(s, 1);
    }
  }

  #cancel(orderRef: string): void {
    for (let s = 0; s < this.#books.length; s++) {
      const book = this.#books[s]!;
      if (!book.cancelEntry(orderRef, this.#carried)) continue;
      this.#setActive(s, book.isActive() ? 1 : 0);
    }
  }

  #bar(frame: MinuteFrame, s: number) {
    const volume = frame.fillableVolume[s]!;
    const budget: Quantity = this.#profile.frictionless
      ? Number.POSITIVE_INFINITY
      : Math.floor(volume * this.#profile.participationMax);
    return { openE4: frame.openE4[s]!, lowE4: frame.lowE4[s]!, volume, budget };
  }

  #setActive(s: number, active: 0 | 1): void {
    this.#activeCount += active - this.#active[s]!;
    this.#active[s] = active;
  }
}

/** Fills arise by symbol, in most minutes all of them at the open. */
function sortByLedgerOrder(fills: Fill[]): void {
  for (let at = 1; at < fills.length; at++) {
    if (byLedgerOrder(fills[at - 1]!, fills[at]!) <= 0) continue;
    fills.sort(byLedgerOrder);
    return;
  }
}

/** (event time, symbol, sequence): the order of the ledger. */
function byLedgerOrder(a: Fill, b: Fill): number {
  if (a.eventMs !== b.eventMs) return a.eventMs - b.eventMs;
  if (a.symbol !== b.symbol) return a.symbol < b.symbol ? -1 : 1;
  return a.sequence - b.sequence;
}
