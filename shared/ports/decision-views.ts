/**
 * What led to one decision of one symbol and what became of it, as it was stored: the question of `why`. Read-only.
 */

import type { Fill, Order } from '../domain/orders/types.ts';
import type { StandingCause, TradingState } from '../domain/risk/causes.ts';
import type { SymbolDecision } from '../domain/risk/types.ts';
import type { RunConfig } from '../domain/run/run-config.ts';
import type { BarRow } from './repositories/market.ts';

export interface DecisionViews {
  /** Of the newest run that has the decision, or of `run`; null when none has. */
  decision(at: DecisionAddress, of: DecisionOf): Promise<DecisionFacts | null>;
  /** References of entries and exits near the address: same symbol and session first, then the newest. */
  nearestOrders(at: DecisionAddress | null, of: NearestOf): Promise<readonly string[]>;
  /** Ids of every run, the newest first. */
  runs(): Promise<readonly string[]>;
}

export interface DecisionOf {
  /** Null: the newest run that has it. */
  readonly run: string | null;
  /** An order that the decision has to have made; null: whether it made one or not. */
  readonly orderRef: string | null;
}

export interface NearestOf {
  /** Null: of every run. */
  readonly run: string | null;
  readonly limit: number;
}

export interface DecisionAddress {
  readonly session: number;
  readonly minuteIndex: number;
  readonly symbol: string;
}

export interface DecisionFacts {
  readonly config: RunConfig;
  readonly openMs: number;
  readonly minutes: number;
  readonly bar: BarRow | null;
  readonly quality: QualityFacts | null;
  readonly state: TradingState;
  /** What stood, in the order of CAUSES. */
  readonly causes: readonly StandingCause[];
  readonly equityE4: number;
  /** What the daily loss counts from; null where no account of the session is stored. */
  readonly sessionStartE4: number | null;
  /** What the drawdown limit counted from in this minute; null where its equity is not stored. */
  readonly limitReferenceE4: number | null;
  readonly decision: SymbolDecision;
  /** Null: the minute was decided without a signal. */
  readonly signal: SignalFacts | null;
  /** What was held and what was working when the decision was made. */
  readonly holding: Holding;
  /** Orders decided in this minute for the symbol, then the exit or stop that closed the position. */
  readonly orders: readonly OrderFacts[];
}

export interface QualityFacts {
  readonly codes: readonly string[];
  readonly isHard: boolean;
  readonly raw: string;
}

export interface SignalFacts {
  /** False: a feature was missing, so a policy that reads features was not asked. */
  readonly isReady: boolean;
  /** Row-major, every symbol of the run. */
  readonly observation: readonly number[];
  /** Shares of a full entry; 0 unless an entry was wanted. */
  readonly entryQuantity: number;
  readonly limitPriceE4: number;
  readonly isCorrelated: boolean;
}

export interface Holding {
  /** Sum of the fills up to the decision; negative for a short position. */
  readonly quantity: number;
  /** References of orders of earlier minutes that could still fill; null without one. */
  readonly workingEntry: string | null;
  readonly workingExit: string | null;
}

export interface OrderFacts extends Omit<Order, 'eventMs' | 'session' | 'symbol'> {
  readonly events: readonly OrderEventFact[];
  readonly fills: readonly Fill[];
}

export interface OrderEventFact {
  readonly event: string;
  readonly eventMs: number;
  readonly detail: string;
}
