/**
 * What came of an operator's command, as it is recorded and reported.
 */

import type { ArmOutcome } from './arming.ts';
import type { StandingCause, TradingState } from './causes.ts';

export interface CommandOutcome {
  readonly result: 'done' | 'refused';
  /** For people. */
  readonly text: string;
  /** What stands after it. */
  readonly state: TradingState;
  readonly causes: readonly StandingCause[];
  /** Of an order to arm. */
  readonly arming: ArmOutcome | null;
}
