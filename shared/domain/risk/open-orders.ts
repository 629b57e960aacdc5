/**
 * What risk knows of its approved orders: pending entries and exits count as exposure until the broker reports.
 */

import type { ClosedOrder, Fill, Order } from '../orders/types.ts';
import type { PriceE4, Quantity, UsdE4 } from '../units/units.ts';

interface Pending {
  orderRef: string;
  quantity: Quantity;
  priceE4: PriceE4;
}

interface SymbolOrders {
  entry: Pending | null;
  exit: Pending | null;
  stop: Pending | null;
}

export interface OpenOrdersSnapshot {
  readonly symbols: readonly {
    readonly entry: Readonly<Pending> | null;
    readonly exit: Readonly<Pending> | null;
    readonly stop: Readonly<Pending> | null;
  }[];
}

export class OpenOrders {
  readonly #symbols: SymbolOrders[];

  constructor(symbolCount: number) {
    this.#symbols = Array.from({ length: symbolCount }, () => ({ entry: null, exit: null, stop: null }));
  }

  static restore(snapshot: OpenOrdersSnapshot): OpenOrders {
    const orders = new OpenOrders(snapshot.symbols.length);
    snapshot.symbols.forEach((symbol, s) => {
      orders.#symbols[s] = structuredCopy(symbol);
    });
    return orders;
  }

  snapshot(): OpenOrdersSnapshot {
    return { symbols: this.#symbols.map(structuredCopy) };
  }

  entryRef(s: number): string | null {
    return this.#symbols[s]!.entry?.orderRef ?? null;
  }

  get isEntryWorking(): boolean {
    return this.#symbols.some(({ entry }) => entry !== null);
  }

  /** An entry, exit or stop that the broker may still fill. */
  get isAnyWorking(): boolean {
    return this.#symbols.some(({ entry, exit, stop }) => entry !== null || exit !== null || stop !== null);
  }

  hasExit(s: number): boolean {
    return this.#symbols[s]!.exit !== null;
  }

  /** Trigger of the working protective stop, 0 without one. */
  stopPriceE4(s: number): PriceE4 {
    return this.#symbols[s]!.stop?.priceE4 ?? 0;
  }

  pendingEntryE4(): UsdE4 {
    let sumE4 = 0;
    for (let s = 0; s < this.#symbols.length; s++) sumE4 += this.pendingEntryOfE4(s);
    return sumE4;
  }

  pendingEntryOfE4(s: number): UsdE4 {
    const { entry } = this.#symbols[s]!;
    // A broker may report more filled than was asked for; what is out can then not be less than nothing.
    return entry === null ? 0 : Math.max(0, entry.quantity) * entry.priceE4;
  }

  onApproved(s: number, orders: readonly Order[]): void {
    const symbol = this.#symbols[s]!;
    for (const order of orders) {
      const priceE4 = order.kind === 'STOP' ? order.stopPriceE4 : order.limitPriceE4 || order.referencePriceE4;
      const pending = { orderRef: order.orderRef, quantity: order.quantity, priceE4 };
      if (order.kind === 'ENTRY') symbol.entry = pending;
      else if (order.kind === 'EXIT') symbol.exit = pending;
      else symbol.stop = pending;
    }
  }

  onEntryCancelled(s: number): void {
    this.#symbols[s]!.entry = null;
  }

  onFill(s: number, fill: Fill): void {
    const { entry, exit } = this.#symbols[s]!;
    if (entry?.orderRef === fill.orderRef) entry.quantity -= fill.quantity;
    else if (exit?.orderRef === fill.orderRef) exit.quantity -= fill.quantity;
  }

  onClosed(closed: ClosedOrder): void {
    for (const symbol of this.#symbols) {
      if (symbol.entry?.orderRef === closed.orderRef) symbol.entry = null;
      if (symbol.exit?.orderRef === closed.orderRef) symbol.exit = null;
      if (symbol.stop?.orderRef === closed.orderRef) symbol.stop = null;
    }
  }
}

function structuredCopy(symbol: OpenOrdersSnapshot['symbols'][number]): SymbolOrders {
  return { entry: copy(symbol.entry), exit: copy(symbol.exit), stop: copy(symbol.stop) };
}

function copy(pending: Readonly<Pending> | null): Pending | null {
  return pending === null ? null : { ...pending };
}
