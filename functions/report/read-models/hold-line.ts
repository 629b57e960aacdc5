/**
 * The buy-and-hold line: session-start equity split equally over the symbols at the open of each one's first good
 * bar, fractions of shares allowed, no costs, held to the end. A symbol without a bar yet stays in cash.
 */

import type { BarFact } from '../../../shared/ports/report-views.ts';

export class HoldLine {
  readonly #slotE4: number;
  readonly #bars = new Map<string, { firstOpenE4: number; readonly closesE4: (number | undefined)[] }>();
  readonly #symbols: readonly string[];

  constructor(symbols: readonly string[], startE4: number) {
    this.#symbols = symbols;
    this.#slotE4 = startE4 / Math.max(1, symbols.length);
  }

  /** Bars in any order; the same bar twice changes nothing. */
  add(bar: BarFact): void {
    const known = this.#bars.get(bar.symbol) ?? { firstOpenE4: 0, closesE4: [] };
    const isFirst = known.closesE4.findIndex((close) => close !== undefined);
    if (isFirst === -1 || bar.minuteIndex < isFirst) known.firstOpenE4 = bar.openE4;
    known.closesE4[bar.minuteIndex] = bar.closeE4;
    this.#bars.set(bar.symbol, known);
  }

  /** Value at the close of each minute 0…lastMinute, marks carried over gaps. */
  valuesE4(lastMinute: number): number[] {
    const totals = Array.from({ length: lastMinute + 1 }, () => 0);
    for (const symbol of this.#symbols) this.#addSymbol(symbol, totals);
    return totals;
  }

  /** How many bars of minutes 0…lastMinute there are. */
  barCount(lastMinute: number): number {
    const perSymbol = [...this.#bars.values()].map(({ closesE4 }) =>
      closesE4.reduce<number>((count, close, minute) => count + Number(close !== undefined && minute <= lastMinute), 0),
    );
    return perSymbol.reduce((sum, count) => sum + count, 0);
  }

  #addSymbol(symbol: string, totals: number[]): void {
    const bars = this.#bars.get(symbol);
    let growth = 1;
    for (let minute = 0; minute < totals.length; minute++) {
      const closeE4 = bars?.closesE4[minute];
      if (bars !== undefined && closeE4 !== undefined) growth = closeE4 / bars.firstOpenE4;
      totals[minute] = totals[minute]! + this.#slotE4 * growth;
    }
  }
}
