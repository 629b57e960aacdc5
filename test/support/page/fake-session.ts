/**
 * A made-up but plausible session, for tests and screenshots of the page: seeded, made once, read up to any minute.
 */

import type { StandingCause } from '../../../shared/domain/risk/causes.ts';
import type { SymbolDecision, Verdict, VerdictDetail } from '../../../shared/domain/risk/types.ts';
import { type RunConfig } from '../../../shared/domain/run/run-config.ts';
import { newOpening } from '../../../shared/domain/risk/opening.ts';
import type { PositionRow } from '../../../shared/ports/repositories/accounts.ts';
import type {
  BarFact,
  DecisionFact,
  EquityFact,
  FillFact,
  LatencyFact,
  SessionFacts,
  SessionHead,
} from '../../../shared/ports/report-views.ts';

export const FAKE_RUN: RunConfig = {
  runId: 'paper-sim-7',
  bookId: 'main',
  market: 'generated',
  broker: 'simulated',
  symbols: ['AAPL', 'MSFT'],
  policy: 'rule',
  profile: 'basic',
  fees: 'tiered',
  accountUsdE4: 25_000_000,
  opening: newOpening(25_000_000),
  seed: 7,
  minutesMax: null,
  rearm: 'manual',
};

export interface FakeSessionOptions {
  readonly session: number;
  readonly openMs: number;
  readonly minutes: number;
  readonly seed: number;
  /** From this minute the account is halted; null: never. */
  readonly haltAt: number | null;
  /** What stands once it is halted; absent: an operator's halt. */
  readonly causes?: readonly StandingCause[];
  readonly symbols?: readonly string[];
  /** Wants something else every few minutes: as many orders and refusals as a day can have. */
  readonly busy?: boolean;
}

/** From the first of them on the two drawdowns are two numbers. */
const ARMED_AT: readonly number[] = [60, 215];

/** A whole session made once; `facts(upTo)` is what the tables hold after that minute. */
export class FakeSession {
  readonly options: FakeSessionOptions;
  readonly bars: BarFact[] = [];
  readonly equity: EquityFact[] = [];
  readonly decisions: DecisionFact[] = [];
  readonly fills: FillFact[] = [];
  readonly latency: LatencyFact[] = [];
  readonly positions: PositionRow[][] = [];
  #cashE4 = FAKE_RUN.accountUsdE4;
  #peakE4 = FAKE_RUN.accountUsdE4;
  /** What the drawdown limit counts from: armed twice in the session. */
  #referenceE4 = FAKE_RUN.accountUsdE4;
  readonly #held = new Map<string, { quantity: number; costE4: number; stopE4: number }>();
  readonly #pending = new Map<string, 'BUY' | 'SELL'>();
  readonly #closes = new Map<string, number[]>();
  readonly #random: () => number;
  readonly #symbols: readonly string[];

  constructor(options: FakeSessionOptions) {
    this.options = options;
    this.#symbols = options.symbols ?? FAKE_RUN.symbols;
    this.#random = mulberry32(options.seed);
    for (let minute = 0; minute < options.minutes; minute++) this.#step(minute);
  }

  #step(minute: number): void {
    this.#symbols.forEach((symbol, s) => this.#bar(minute, symbol, s));
    for (const symbol of this.#symbols) this.#fill(minute, symbol);
    this.#mark(minute);
    const halted = this.options.haltAt !== null && minute >= this.options.haltAt;
    const symbols = this.#symbols.map((symbol) => this.#decide(minute, symbol, halted));
    const state = halted ? 'HALTED' : 'ACTIVE';
    const causes = halted ? this.#causes() : [];
    this.decisions.push({ minuteIndex: minute, cause: 'minute', sequence: 0, state, causes, symbols });
    this.#measure(minute);
  }

  #bar(minute: number, symbol: string, s: number): void {
    const closes = this.#closes.get(symbol) ?? [[2_430_000, 4_190_000][s] ?? 300_000 + s * 70_000];
    const previous = closes.at(-1)!;
    const drift = Math.sin((minute + s * 25) / 19) * 0.00022;
    const close = Math.round((previous * (1 + drift + (this.#random() - 0.498) * 0.0011)) / 100) * 100;
    closes.push(close);
    this.#closes.set(symbol, closes);
    if (symbol === 'MSFT' && minute % 131 === 77) return;
    this.bars.push({ minuteIndex: minute, symbol, openE4: previous, closeE4: close });
  }

  #fill(minute: number, symbol: string): void {
    const side = this.#pending.get(symbol);
    if (side === undefined) return;
    this.#pending.delete(symbol);
    const open = this.#closes.get(symbol)!.at(-2)!;
    const held = this.#held.get(symbol) ?? { quantity: 0, costE4: 0, stopE4: 0 };
    const quantity = side === 'BUY' ? Math.floor(10_000_000 / (open * 1.002)) : held.quantity;
    const priceE4 = open + (side === 'BUY' ? 300 : -300);
    const feesE4 = 3_500 + quantity * 30;
    const stem = `${this.options.session}-${String(minute - 1).padStart(3, '0')}-${symbol}`;
    const orderRef = `${stem}-${side === 'BUY' ? 'N' : 'X'}`;
    const eventMs = this.options.openMs + minute * 60_000;
    const base = { fillId: `${orderRef}.1`, orderRef, minuteIndex: minute, eventMs, symbol, side, quantity, priceE4 };
    this.fills.push({ ...base, feesE4, code: 'OPEN' });
    this.#cashE4 -= (side === 'BUY' ? 1 : -1) * quantity * priceE4 + feesE4;
    if (side === 'SELL') this.#held.delete(symbol);
    else
      this.#held.set(symbol, {
        quantity,
        costE4: quantity * priceE4,
        stopE4: priceE4 - Math.floor(230_000 / quantity),
      });
  }

  #mark(minute: number): void {
    let equityE4 = this.#cashE4;
    const positions: PositionRow[] = [];
    for (const symbol of this.#symbols) {
      const markE4 = this.#closes.get(symbol)!.at(-1)!;
      const { quantity, costE4, stopE4 } = this.#held.get(symbol) ?? { quantity: 0, costE4: 0, stopE4: 0 };
      equityE4 += quantity * markE4;
      positions.push({ symbol, quantity, costE4, markE4, stopPriceE4: stopE4 });
    }
    this.#peakE4 = Math.max(this.#peakE4, equityE4);
    this.#referenceE4 = ARMED_AT.includes(minute) ? equityE4 : Math.max(this.#referenceE4, equityE4);
    this.positions.push(positions);
    this.equity.push({
      minuteIndex: minute,
      equityE4,
      drawdownE4: this.#peakE4 - equityE4,
      limitDrawdownE4: this.#referenceE4 - equityE4,
    });
  }

  #decide(minute: number, symbol: string, halted: boolean): SymbolDecision {
    const closes = this.#closes.get(symbol)!;
    const isUp = this.options.busy ? minute % 6 < 3 : mean(closes.slice(-10)) > mean(closes.slice(-30));
    const wantsLong = isUp && minute >= 29 && minute <= 387;
    const held = this.#held.get(symbol)?.quantity ?? 0;
    if (halted && held > 0) return this.#order(symbol, 0, 'FLATTEN_OPERATOR', held, 'SELL');
    if (minute >= this.options.minutes - 2) return this.#close(minute, symbol, held);
    if (!wantsLong)
      return held > 0 ? this.#order(symbol, 0, 'EXIT', held, 'SELL') : verdict(symbol, 0, 'NONE', 0, null);
    if (held > 0) return verdict(symbol, 2, 'NONE', 0, null);
    if (halted) return verdict(symbol, 2, 'STATE_HALTED', 0, NO_NUMBERS);
    return this.#enter(minute, symbol, closes.at(-1)!);
  }

  #close(minute: number, symbol: string, held: number): SymbolDecision {
    if (held === 0 || minute === this.options.minutes - 1) return verdict(symbol, 0, 'NONE', 0, null);
    return this.#order(symbol, 0, 'FLATTEN_CLOSE', held, 'SELL');
  }

  #enter(minute: number, symbol: string, closeE4: number): SymbolDecision {
    const quantity = Math.floor(10_000_000 / (closeE4 * 1.002));
    if (symbol === 'MSFT' && minute % 131 === 77) return verdict(symbol, 2, 'DATA_MISSING', 0, NO_NUMBERS);
    if (minute % 7 === 3) {
      const detail = { limit: 1_912_000, value: closeE4, wouldPass: 0, unit: 'usdE4' } as const;
      return verdict(symbol, 2, 'LEVERAGE_EXCEEDS_MAX', 0, detail);
    }
    if (minute % 5 === 0) {
      const detail = { limit: 10_000_000, value: closeE4 * 6, wouldPass: closeE4 * quantity, unit: 'usdE4' } as const;
      this.#pending.set(symbol, 'BUY');
      return verdict(symbol, 2, 'REDUCED_NOTIONAL', quantity, detail);
    }
    return this.#order(symbol, 2, 'APPROVED', quantity, 'BUY');
  }

  #order(symbol: string, action: 0 | 2, code: Verdict, quantity: number, side: 'BUY' | 'SELL'): SymbolDecision {
    this.#pending.set(symbol, side);
    return verdict(symbol, action, code, quantity, null);
  }

  #measure(minute: number): void {
    const closedMs = this.options.openMs + minute * 1_000;
    const ingestMs = closedMs + 4 + this.#random() * 3;
    const signalMs = ingestMs + 6 + this.#random() * 5;
    const riskMs = signalMs + 5 + this.#random() * 4;
    const recordedMs = riskMs + 3 + this.#random() * (minute % 90 === 10 ? 60 : 3);
    this.latency.push({ minuteIndex: minute, closedMs, ingestMs, signalMs, riskMs, recordedMs });
  }

  #causes(): readonly StandingCause[] {
    const { openMs, haltAt, causes } = this.options;
    const sinceMs = openMs + ((haltAt ?? 0) + 1) * 60_000;
    return causes ?? [{ cause: 'OPERATOR_HALT', sinceMs, by: 'page', why: 'lunch' }];
  }

  head(upTo: number, updatedAtMs: number | null): SessionHead {
    const { session, openMs, minutes, haltAt } = this.options;
    const halted = haltAt !== null && upTo >= haltAt;
    const untouched = { equityE4: FAKE_RUN.accountUsdE4, drawdownE4: 0, limitDrawdownE4: 0 };
    const { equityE4, drawdownE4, limitDrawdownE4 } = this.equity[upTo] ?? untouched;
    return {
      runId: FAKE_RUN.runId,
      session,
      minutes,
      openMs,
      lastMinute: upTo,
      publishedMinute: upTo,
      closed: upTo === minutes - 1,
      openingCashE4: upTo < 0 ? null : FAKE_RUN.accountUsdE4,
      equityE4,
      accountPeakE4: equityE4 + drawdownE4,
      limitReferenceE4: equityE4 + limitDrawdownE4,
      state: halted ? 'HALTED' : 'ACTIVE',
      causes: halted ? this.#causes() : [],
      updatedAtMs,
    };
  }

  facts(upTo: number, fromMinute: number, updatedAtMs: number | null): SessionFacts {
    const isAsked = (row: { minuteIndex: number }) => row.minuteIndex >= fromMinute && row.minuteIndex <= upTo;
    const orders = this.decisions.filter((row) => row.minuteIndex <= upTo).flatMap((row) => row.symbols);
    const entries = orders.filter((each) => each.action === 2 && each.quantity > 0).length;
    return {
      head: this.head(upTo, updatedAtMs),
      positions: upTo < 0 ? [] : this.positions[upTo]!,
      equity: this.equity.filter(isAsked),
      decisions: this.decisions.filter(isAsked),
      fills: this.fills.filter(isAsked),
      bars: this.bars.filter(isAsked),
      latency: this.latency.filter(isAsked),
      orderCounts: {
        ENTRY: entries,
        EXIT: orders.filter((each) => each.action === 0 && each.quantity > 0).length,
        STOP: entries,
      },
      faults:
        upTo < 77
          ? []
          : [
              { code: 'RANGE_CROSSED', hard: true, count: 1 },
              { code: 'VOLUME_ZERO', hard: false, count: 2 },
            ],
      faultyBars: upTo < 77 ? 0 : 3,
      quarantined: upTo < 77 ? 0 : 1,
    };
  }
}

const NO_NUMBERS: VerdictDetail = { limit: 0, value: 0, wouldPass: 0, unit: 'none' };

function verdict(symbol: string, action: 0 | 1 | 2, code: Verdict, quantity: number, detail: VerdictDetail | null) {
  return { symbol, action, verdict: code, quantity, detail };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
