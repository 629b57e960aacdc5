/**
 * What a run amounts to: the counts and sums that `replay` and `backtest` print, kept the same way by both.
 */

import { profitOf } from '../account/profit.ts';
import type { Order } from '../orders/types.ts';
import type { StandingCause } from '../risk/causes.ts';
import { type Verdict, VERDICTS, verdictClass } from '../risk/types.ts';
import { type EpochMs, toUsd, type UsdE4 } from '../units/units.ts';
import { type Halt, HaltLog } from './halt-log.ts';

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
  /** Oldest first, those that were lifted included. */
  readonly halts: readonly Halt[];
  /** ISO time of the oldest halt that stands, null without one. */
  readonly haltedAt: string | null;
  readonly rearms: number;
  readonly grossPnlUsd: number;
  readonly feesUsd: number;
  readonly netPnlUsd: number;
  /** The account's deepest fall from its highest equity, which no arming resets. */
  readonly drawdownUsd: number;
  /** The same number under its other name. */
  readonly maxDrawdownUsd: number;
  /** The deepest fall from the reference of the drawdown limit, which arming moves. */
  readonly limitDrawdownUsd: number;
  readonly equityUsd: number;
  readonly ledgerVersion: string;
  /** Null where the run's ledger is of an earlier version, whose rows this program does not hash. */
  readonly ledgerHash: string | null;
}

export interface RunMoney {
  /** Cash at the opening of the run. */
  readonly openingE4: UsdE4;
  readonly equityE4: UsdE4;
  readonly feesE4: UsdE4;
  readonly maxDrawdownE4: UsdE4;
  readonly maxLimitDrawdownE4: UsdE4;
  readonly rearms: number;
}

export interface SummaryParts {
  readonly symbols: readonly string[];
  readonly bars: number;
  readonly money: RunMoney;
  readonly ledgerVersion: string;
  readonly ledgerHash: string | null;
}

export interface TalliedDecision {
  readonly eventMs: EpochMs;
  readonly causes: readonly StandingCause[];
  /** Codes, one per symbol. */
  readonly verdicts: Uint8Array;
}

export class RunTally {
  decisions = 0;
  orders = 0;
  stops = 0;
  fills = 0;
  readonly #sessions: number[] = [];
  readonly #verdicts = new Uint32Array(VERDICTS.length);
  readonly #halts = new HaltLog();

  session(date: number): void {
    this.#sessions.push(date);
  }

  decision({ eventMs, causes, verdicts }: TalliedDecision): void {
    this.decisions += 1;
    this.#halts.add(eventMs, causes);
    for (let s = 0; s < verdicts.length; s++) this.#verdicts[verdicts[s]!]! += 1;
  }

  /** What an operator's command left standing between two decisions of minutes. */
  command({ eventMs, causes }: Omit<TalliedDecision, 'verdicts'>): void {
    this.#halts.add(eventMs, causes);
  }

  order(order: Order): void {
    if (order.kind === 'STOP') this.stops += 1;
    else this.orders += 1;
  }

  summary(parts: SummaryParts): RunSummary {
    const { money } = parts;
    const halts = this.#halts.halts();
    const standing = halts.find(({ liftedAtMs }) => liftedAtMs === null);
    const { netE4, grossE4 } = profitOf({ startE4: money.openingE4, equityE4: money.equityE4, feesE4: money.feesE4 });
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
      halts,
      haltedAt: standing === undefined ? null : new Date(standing.atMs).toISOString(),
      rearms: money.rearms,
      grossPnlUsd: toUsd(grossE4),
      feesUsd: toUsd(money.feesE4),
      netPnlUsd: toUsd(netE4),
      drawdownUsd: toUsd(money.maxDrawdownE4),
      maxDrawdownUsd: toUsd(money.maxDrawdownE4),
      limitDrawdownUsd: toUsd(money.maxLimitDrawdownE4),
      equityUsd: toUsd(money.equityE4),
      ledgerVersion: parts.ledgerVersion,
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
