/**
 * Vocabulary of decisions: actions, targets, trading states, verdict codes. Each list is closed and shared by
 * core, messages, SQL, ledger and reports; its order is the numbering of the ledger, so append only.
 */

import type { Order } from '../orders/types.ts';
import type { Quantity, UsdE4 } from '../units/units.ts';

export const SELL = 0;
export const HOLD = 1;
export const BUY = 2;
export type Action = typeof SELL | typeof HOLD | typeof BUY;
export const ACTION_NAMES = ['SELL', 'HOLD', 'BUY'] as const;

export const TRADING_STATES = ['ACTIVE', 'REDUCING', 'HALTED'] as const;
export type TradingState = (typeof TRADING_STATES)[number];

export const STATE_CAUSES = [
  'NONE',
  'DAILY_LOSS',
  'DRAWDOWN',
  'OPERATOR',
  'FEED_DEAD',
  'BACKUP_FEED',
  'RUNNER_DEAD',
  'AUDIT_FAILED',
] as const;
export type StateCause = (typeof STATE_CAUSES)[number];

/** What the guard said of one symbol in one minute. NONE: nothing was asked for. */
export const VERDICTS = [
  'NONE',
  'APPROVED',
  'REDUCED_SHARES',
  'REDUCED_NOTIONAL',
  'REDUCED_CONCENTRATION',
  'REDUCED_LEVERAGE',
  'EXIT',
  'FLATTEN_CLOSE',
  'FLATTEN_DAILY_LOSS',
  'FLATTEN_DRAWDOWN',
  'FLATTEN_OPERATOR',
  'ENTRY_CANCELLED',
  'EXIT_WORKING',
  'DATA_MISSING',
  'DATA_QUALITY',
  'STATE_REDUCING',
  'STATE_HALTED',
  'ENTRY_WINDOW_CLOSED',
  'SHARES_EXCEED_MAX',
  'NOTIONAL_EXCEEDS_MAX',
  'DAILY_LOSS_EXCEEDED',
  'DRAWDOWN_EXCEEDED',
  'VAR_NO_HISTORY',
  'VAR_EXCEEDS_MAX',
  'CONCENTRATION_EXCEEDS_MAX',
  'LEVERAGE_EXCEEDS_MAX',
  'ORDER_RATE_EXCEEDED',
  'PRICE_MISSING',
  'INPUT_INVALID',
  'QUARANTINED',
  'CORRELATION_LEAVES_ZERO',
] as const;
export type Verdict = (typeof VERDICTS)[number];

export type VerdictClass = 'none' | 'approval' | 'reduction' | 'exit' | 'denial';

const FIRST_REDUCTION = VERDICTS.indexOf('REDUCED_SHARES');
const FIRST_EXIT = VERDICTS.indexOf('EXIT');
const FIRST_DENIAL = VERDICTS.indexOf('DATA_MISSING');

export function verdictClass(verdict: Verdict): VerdictClass {
  const code = VERDICTS.indexOf(verdict);
  if (code === 0) return 'none';
  if (code < FIRST_REDUCTION) return 'approval';
  if (code < FIRST_EXIT) return 'reduction';
  return code < FIRST_DENIAL ? 'exit' : 'denial';
}

/** The number behind a verdict: the limit, the value that met it, and what would have passed. Units by code. */
export interface VerdictDetail {
  readonly limit: number;
  readonly value: number;
  readonly wouldPass: number;
  readonly unit: 'usdE4' | 'shares' | 'fraction' | 'count' | 'minute' | 'none';
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
  readonly stateCause: StateCause;
  readonly equityE4: UsdE4;
  readonly symbols: readonly SymbolDecision[];
  readonly orders: readonly Order[];
  /** References of working entries withdrawn by this decision. */
  readonly cancels: readonly string[];
}

export const PROFILE_NAMES = ['basic', 'enhanced', 'bench'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];
