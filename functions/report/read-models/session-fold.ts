/**
 * One session as the page shows it, kept up by adding rows: every row is keyed, so rereading some changes nothing.
 *
 * Memory: one entry a minute and series, one line per run of equal verdicts; a session is at most 390 minutes.
 */

import {
  type SymbolDecision,
  type Verdict,
  VERDICTS,
  type VerdictClass,
  verdictClass,
} from '../../../shared/domain/risk/types.ts';
import type {
  DecisionFact,
  EquityFact,
  FillFact,
  LatencyFact,
  SessionFacts,
} from '../../../shared/ports/report-views.ts';
import { HoldLine } from './hold-line.ts';

/** Consecutive minutes in which one symbol met the same verdict. */
export interface DecisionLine {
  readonly symbol: string;
  readonly firstMinute: number;
  lastMinute: number;
  count: number;
  /** The newest of them. */
  decision: SymbolDecision;
}

export interface VerdictCount {
  readonly verdict: Verdict;
  readonly count: number;
}

/** Rows are read again from this many minutes back: a stage may commit its row of a minute after another's. */
const OVERLAP_MINUTES = 2;
/** A minute whose latency never came is not waited for longer than this. */
const OVERLAP_MINUTES_MAX = 30;

export class SessionFold {
  readonly equity: EquityFact[] = [];
  readonly latency: LatencyFact[] = [];
  readonly fills: FillFact[] = [];
  readonly lines: DecisionLine[] = [];
  readonly latest = new Map<string, SymbolDecision>();
  readonly hold: HoldLine;
  /** Session-start equity. */
  readonly startE4: number;
  facts: SessionFacts;
  #decisionCount = 0;
  readonly #seen = new Set<string>();
  readonly #counts = new Map<Verdict, number>();
  readonly #openLines = new Map<string, DecisionLine>();

  constructor(facts: SessionFacts, symbols: readonly string[], startE4: number) {
    this.facts = facts;
    this.startE4 = startE4;
    this.hold = new HoldLine(symbols, startE4);
    this.add(facts);
  }

  /** Where the next read starts. */
  get nextFromMinute(): number {
    const behind = Math.min(this.lastMinute, this.#lastMeasured);
    return Math.max(0, behind - OVERLAP_MINUTES, this.lastMinute - OVERLAP_MINUTES_MAX);
  }

  /** True when the newest minute's latency is here: it is stored after everything else of its minute. */
  get isMeasured(): boolean {
    return this.#lastMeasured >= this.lastMinute;
  }

  /** Fills of minutes whose equity is known; the newest may be ahead of it. */
  get countedFills(): readonly FillFact[] {
    return this.fills.filter((fill) => fill.minuteIndex <= this.lastMinute);
  }

  /** The last minute with equity; -1 before the first. */
  get lastMinute(): number {
    return this.equity.at(-1)?.minuteIndex ?? -1;
  }

  get decisionCount(): number {
    return this.#decisionCount;
  }

  add(facts: SessionFacts): void {
    this.facts = facts;
    for (const row of facts.equity) if (this.#isNew(`e${row.minuteIndex}`)) this.equity.push(row);
    for (const row of facts.latency) if (this.#isNew(`l${row.minuteIndex}`)) this.latency.push(row);
    for (const row of facts.fills) if (this.#isNew(`f${row.fillId}`)) this.fills.push(row);
    for (const row of facts.bars) this.hold.add(row);
    for (const row of facts.decisions) this.#addDecision(row);
  }

  /** Good bars of the minutes decided, of all symbols. */
  get usableBars(): number {
    return this.hold.barCount(this.lastMinute);
  }

  get #lastMeasured(): number {
    return this.latency.at(-1)?.minuteIndex ?? -1;
  }

  counts(wanted: VerdictClass): VerdictCount[] {
    return VERDICTS.filter((verdict) => verdictClass(verdict) === wanted && this.#counts.has(verdict))
      .map((verdict) => ({ verdict, count: this.#counts.get(verdict)! }))
      .sort((a, b) => b.count - a.count);
  }

  #addDecision(row: DecisionFact): void {
    if (!this.#isNew(`d${row.minuteIndex}/${row.cause}/${row.sequence}`)) return;
    if (row.cause === 'minute') this.#decisionCount += 1;
    for (const decision of row.symbols) {
      if (row.cause === 'minute') this.latest.set(decision.symbol, decision);
      if (decision.verdict === 'NONE') continue;
      this.#counts.set(decision.verdict, (this.#counts.get(decision.verdict) ?? 0) + 1);
      this.#addLine(row.minuteIndex, decision);
    }
  }

  #addLine(minuteIndex: number, decision: SymbolDecision): void {
    const open = this.#openLines.get(decision.symbol);
    if (open?.decision.verdict === decision.verdict && minuteIndex - open.lastMinute <= 1) {
      open.lastMinute = minuteIndex;
      open.count += 1;
      open.decision = decision;
      return;
    }
    const { symbol } = decision;
    const line = { symbol, firstMinute: minuteIndex, lastMinute: minuteIndex, count: 1, decision };
    this.lines.push(line);
    this.#openLines.set(symbol, line);
  }

  #isNew(key: string): boolean {
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}
