/**
 * Rows of decisions, as every reader of them has them.
 */

import type { StandingCause, TradingState } from '../../../domain/risk/causes.ts';

export interface DecisionDbRow {
  readonly minute_index: number;
  readonly cause: 'minute' | 'pulse' | 'command';
  readonly sequence: number;
  readonly minutes: number;
  readonly event_ms: string;
  readonly state: TradingState;
  /** Written by risk from its own types. */
  readonly state_causes: readonly StandingCause[];
  readonly equity_e4: string;
  readonly symbols: string;
  readonly cancels: string;
}
