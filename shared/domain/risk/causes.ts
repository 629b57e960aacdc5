/**
 * Why an account does not trade freely: the set of causes that stand, each with who set it, when and why, and the one
 * rule that lifts each of them.
 *
 * The order of the list is the numbering of the ledger's state mask, so append only. Times are event times.
 * Rulings: docs/decisions/0002-trading-semantics.md
 */

import type { EpochMs } from '../units/units.ts';

export const CAUSES = [
  'DRAWDOWN',
  'OPERATOR_HALT',
  'OPERATOR_FLATTEN',
  'AUDIT_FAILED',
  'DAILY_LOSS',
  'FEED_DEAD',
  'FEED_BACKUP',
  'RUNNER_DEAD',
] as const;
export type Cause = (typeof CAUSES)[number];

export interface StandingCause {
  readonly cause: Cause;
  readonly sinceMs: EpochMs;
  /** `core`, `cli:uid-N`, `page`, `audit`, `gateway`. */
  readonly by: string;
  /** In the words of whoever set it. */
  readonly why: string;
}
