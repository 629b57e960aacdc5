/**
 * Vocabulary of decisions: verdict codes and what a decision holds. The list is closed and shared by
 * core, messages, SQL, ledger and reports; its order is the numbering of the ledger, so append only.
 */

import type { Action } from '../policy/actions.ts';
import type { Order } from '../orders/types.ts';
import type { Quantity, UsdE4 } from '../units/units.ts';
import type { StandingCause, TradingState } from './causes.ts';

/** `session`: a drawdown of an earlier session is lifted at the first flat minute, and the result says so. */
export type RearmMode = 'manual' | 'session';

export type VerdictClass = 'none' | 'approved' | 'reduced' | 'exit' | 'denied';

/**
 * What the guard said of one symbol in one minute, and of which class that is. NONE: nothing was asked for.
 * The place of a code is its number in the ledger and in memory: append only.
 */
const VERDICT_CLASSES = {
  NONE: 'none',
  APPROVED: 'approved',
  REDUCED_SHARES: 'reduced',
  REDUCED_NOTIONAL: 'reduced',
  REDUCED_CONCENTRATION: 'reduced',
  REDUCED_LEVERAGE: 'reduced',
  EXIT: 'exit',
  FLATTEN_CLOSE: 'exit',
  FLATTEN_DAILY_LOSS: 'exit',
  FLATTEN_DRAWDOWN: 'exit',
  FLATTEN_OPERATOR: 'exit',
  ENTRY_CANCELLED: 'exit',
  EXIT_WORKING: 'exit',
  DATA_MISSING: 'denied',
  DATA_QUALITY: 'denied',
  STATE_REDUCING: 'denied',
  STATE_HALTED: 'denied',
  ENTRY_WINDOW_CLOSED: 'denied',
  SHARES_EXCEED_MAX: 'denied',
  NOTIONAL_EXCEEDS_MAX: 'denied',
  DAILY_LOSS_EXCEEDED: 'denied',
  DRAWDOWN_EXCEEDED: 'denied',
  VAR_NO_HISTORY: 'denied',
  VAR_EXCEEDS_MAX: 'denied',
  CONCENTRATION_EXCEEDS_MAX: 'denied',
  LEVERAGE_EXCEEDS_MAX: 'denied',
  ORDER_RATE_EXCEEDED: 'denied',
  PRICE_MISSING: 'denied',
  INPUT_INVALID: 'denied',
  QUARANTINED: 'denied',
  CORRELATION_LEAVES_ZERO: 'denied',
  FLATTEN_AUDIT: 'exit',
  CARRIED_POSITION: 'exit',
  STOP_DISTANCE_TOO_SMALL: 'denied',
  VAR_HISTORY_STALE: 'denied',
  POSITION_MISMATCH: 'denied',
  SHORT_NOT_ALLOWED: 'exit',
} as const satisfies Readonly<Record<string, VerdictClass>>;

export type Verdict = keyof typeof VERDICT_CLASSES;
export const VERDICTS = Object.keys(VERDICT_CLASSES) as readonly Verdict[];

export function verdictClass(verdict: Verdict): VerdictClass {
  return VERDICT_CLASSES[verdict];
}

/** `session`: a date such as 20250103. */
export const DETAIL_UNITS = ['usdE4', 'shares', 'fraction', 'count', 'minute', 'session', 'none'] as const;

/** The number behind a verdict: the limit, the value that met it, and what would have passed. Units by code. */
export interface VerdictDetail {
  readonly limit: number;
  readonly value: number;
  readonly wouldPass: number;
  readonly unit: (typeof DETAIL_UNITS)[number];
}

export interface SymbolDecision {
  readonly symbol: string;
  readonly action: Action;
  readonly verdict: Verdict;
  /** Shares of the order approved in this minute, 0 without one. */
  readonly quantity: Quantity;
  /** Present with every reduction and denial. */
  readonly detail: VerdictDetail | null;
}

export interface Decision {
  readonly session: number;
  readonly minuteIndex: number;
  readonly minutes: number;
  readonly eventMs: number;
  readonly state: TradingState;
  /** Why it is not ACTIVE, in the order of CAUSES; empty: it is. */
  readonly causes: readonly StandingCause[];
  readonly equityE4: UsdE4;
  readonly symbols: readonly SymbolDecision[];
  readonly orders: readonly Order[];
  /** References of working entries withdrawn by this decision. */
  readonly cancels: readonly string[];
}
