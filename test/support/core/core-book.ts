/**
 * A naive second bookkeeping of a run, from fills and closes alone, for properties to check the core against.
 *
 * Plain sums over everything so far; nothing of the core's account, orders or limits is used.
 */

import type { Fill, Order } from '../../../shared/domain/orders/types.ts';
import type { RunMinute } from './core-run.ts';

export class NaiveBook {
  cashE4: number;
  readonly quantity: number[];
  readonly markE4: number[];
  readonly fills: Fill[] = [];
  /** Every order ever approved, by reference. */
  readonly orders = new Map<string, Order>();
  /** Orders that the broker has said will never fill again. */
  readonly closed = new Set<string>();
  peakE4: number;
  sessionStartE4: number;
  readonly #startE4: number;
  readonly #symbols: readonly string[];

  constructor(symbols: readonly string[], cashE4: number) {
    this.#symbols = symbols;
    this.#startE4 = cashE4;
    this.cashE4 = cashE4;
    this.peakE4 = cashE4;
    this.sessionStartE4 = cashE4;
    this.quantity = symbols.map(() => 0);
    this.markE4 = symbols.map(() => 0);
  }

  /** What reached risk before it decided: the broker's report and the closes of the minute. */
  settle(minute: RunMinute): void {
    if (minute.minuteIndex === 0) this.sessionStartE4 = this.equityE4();
    this.fills.push(...minute.report.fills);
    for (const { orderRef } of minute.report.closed) this.closed.add(orderRef);
    this.#symbols.forEach((symbol, s) => {
      const own = this.fills.filter((fill) => fill.symbol === symbol);
      this.quantity[s] = own.reduce((sum, { side, quantity }) => (side === 'BUY' ? sum + quantity : sum - quantity), 0);
      this.markE4[s] = minute.bars[s]?.closeE4 ?? this.markE4[s]!;
    });
    this.cashE4 = this.fills.reduce((cash, fill) => cash - costE4(fill), this.#startE4);
    this.peakE4 = Math.max(this.peakE4, this.equityE4());
  }

  equityE4(): number {
    return this.quantity.reduce((sum, quantity, s) => sum + quantity * this.markE4[s]!, this.cashE4);
  }

  /** The running peak starts again. */
  rearm(): void {
    this.peakE4 = this.equityE4();
  }

  quantityOf(symbol: string): number {
    return this.quantity[this.#symbols.indexOf(symbol)]!;
  }

  /** Positions at their marks and what entries still out may buy at their limits. */
  exposureE4(): number {
    return this.#symbols.reduce((sum, symbol) => sum + this.exposureOfE4(symbol), 0);
  }

  exposureOfE4(symbol: string): number {
    const heldE4 = Math.abs(this.quantityOf(symbol)) * this.markE4[this.#symbols.indexOf(symbol)]!;
    return this.working(symbol, 'ENTRY').reduce(
      (sum, order) => sum + this.remaining(order) * order.limitPriceE4,
      heldE4,
    );
  }

  remaining(order: Order): number {
    const own = this.fills.filter(({ orderRef }) => orderRef === order.orderRef);
    return order.quantity - own.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  isWorking(order: Order): boolean {
    return !this.closed.has(order.orderRef) && this.remaining(order) > 0;
  }

  /** Orders of a kind that still work for a symbol. */
  working(symbol: string, kind: Order['kind']): Order[] {
    return [...this.orders.values()].filter(
      (order) => order.symbol === symbol && order.kind === kind && this.isWorking(order),
    );
  }

  approve(order: Order): void {
    this.orders.set(order.orderRef, order);
  }
}

/** What a fill takes from cash, fees included; negative for a sale. */
function costE4({ side, quantity, priceE4, fees }: Fill): number {
  const valueE4 = side === 'BUY' ? quantity * priceE4 : 0 - quantity * priceE4;
  return valueE4 + fees.commissionE4 + fees.exchangeE4 + fees.secE4 + fees.tafE4;
}
