/**
 * Rows of decisions, as every reader of them has them.
 */

import type { TradingState } from '../../../domain/risk/causes.ts';
import type { StateCause } from '../../../domain/risk/types.ts';

export interface DecisionDbRow {
  readonly minute_index: number;
  readonly cause: 'minute' | 'pulse' | 'command';
  readonly sequence: number;
  readonly minutes: number;
  readonly event_ms: string;
  readonly state: TradingState;
  readonly state_cause: StateCause;
  readonly equity_e4: string;
  readonly symbols: string;
  readonly cancels: string;
}
