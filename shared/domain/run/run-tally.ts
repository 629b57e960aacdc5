/**
 * What a run amounts to: the counts and sums that `replay` and `backtest` print, kept the same way by both.
 */

import type { Order } from '../orders/types.ts';
import { type Verdict, VERDICTS, verdictClass } from '../risk/types.ts';
import { toUsd, type UsdE4 } from '../units/units.ts';

export interface RunSummary {
  /** yyyy-mm-dd */
  readonly sessions: readonly string[];
  readonly symbols: readonly string[];
  readonly bars: number;
  readonly decisions: number;
  /** Entries and exits. */
  readonly orders: number;
  /** Protective stops, apart. */
  readonly stops: number;
  readonly fills: number;
  readonly denials: Readonly<Partial<Record<Verdict, number>>>;
  readonly reductions: Readonly<Partial<Record<Verdict, number>>>;
  /** ISO time of the first halt, null without one. */
  readonly haltedAt: string | null;
  readonly rearms: number;
  readonly grossPnlUsd: number;
  readonly feesUsd: number;
  readonly netPnlUsd: number;
  readonly maxDrawdownUsd: number;
  readonly equityUsd: number;
  readonly ledgerHash: string;
}

export interface RunMoney {
  readonly accountUsdE4: UsdE4;
  readonly equityE4: UsdE4;
  readonly feesE4: UsdE4;
  readonly maxDrawdownE4: UsdE4;
  readonly haltedAtMs: number | null;
  readonly rearms: number;
}

export class RunTally {
  decisions = 0;
  orders = 0;
  stops = 0;
  fills = 0;
  readonly #sessions: number[] = [];
  readonly #verdicts = new Uint32Array(VERDICTS.length);

  session(date: number): void {
    this.#sessions.push(date);
  }

  /** Verdict codes of one decision, one per symbol. */
  decision(verdicts: Uint8Array): void {
    this.decisions += 1;
    for (let s = 0; s < verdicts.length; s++) this.#verdicts[verdicts[s]!]! += 1;
  }

  order(order: Order): void {
    if (order.kind === 'STOP') this.stops += 1;
    else this.orders += 1;
  }

  summary(parts: { symbols: readonly string[]; bars: number; money: RunMoney; ledgerHash: string }): RunSummary {
    const { money } = parts;
    const netE4 = money.equityE4 - money.accountUsdE4;
    return {
      sessions: this.#sessions.map(isoDate),
      symbols: parts.symbols,
      bars: parts.bars,
      decisions: this.decisions,
      orders: this.orders,
      stops: this.stops,
      fills: this.fills,
      denials: this.#counts('denied'),
      reductions: this.#counts('reduced'),
      haltedAt: money.haltedAtMs === null ? null : new Date(money.haltedAtMs).toISOString(),
      rearms: money.rearms,
      grossPnlUsd: toUsd(netE4 + money.feesE4),
      feesUsd: toUsd(money.feesE4),
      netPnlUsd: toUsd(netE4),
      maxDrawdownUsd: toUsd(money.maxDrawdownE4),
      equityUsd: toUsd(money.equityE4),
      ledgerHash: parts.ledgerHash,
    };
  }

  #counts(wanted: 'denied' | 'reduced'): Partial<Record<Verdict, number>> {
    const counted = VERDICTS.map((verdict, code) => [verdict, this.#verdicts[code]!] as const);
    return Object.fromEntries(counted.filter(([verdict, count]) => count > 0 && verdictClass(verdict) === wanted));
  }
}

function isoDate(date: number): string {
  const text = String(date);
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
}
