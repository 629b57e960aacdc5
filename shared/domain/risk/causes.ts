/**
 * Why an account does not trade freely: the set of causes that stand, each with who set it, when and why, and the one
 * rule that lifts each of them.
 *
 * The order of the list is the numbering of the ledger's state mask, so append only. Times are event times.
 * Rulings: docs/decisions/0002-trading-semantics.md
 */

import type { EpochMs } from '../units/units.ts';

export const TRADING_STATES = ['ACTIVE', 'REDUCING', 'HALTED'] as const;
export type TradingState = (typeof TRADING_STATES)[number];

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

/** `arm-accepting-audit`: an operator arms and names the finding. `condition`: whatever set it says that it is over. */
export type LiftRule = 'arm' | 'arm-accepting-audit' | 'next-open' | 'condition';

interface CauseRule {
  readonly asksFor: Exclude<TradingState, 'ACTIVE'>;
  readonly lift: LiftRule;
}

const RULES: Readonly<Record<Cause, CauseRule>> = {
  DRAWDOWN: { asksFor: 'HALTED', lift: 'arm' },
  OPERATOR_HALT: { asksFor: 'HALTED', lift: 'arm' },
  OPERATOR_FLATTEN: { asksFor: 'REDUCING', lift: 'arm' },
  AUDIT_FAILED: { asksFor: 'HALTED', lift: 'arm-accepting-audit' },
  DAILY_LOSS: { asksFor: 'REDUCING', lift: 'next-open' },
  FEED_DEAD: { asksFor: 'REDUCING', lift: 'condition' },
  FEED_BACKUP: { asksFor: 'REDUCING', lift: 'condition' },
  RUNNER_DEAD: { asksFor: 'REDUCING', lift: 'condition' },
};

const BITS = Object.fromEntries(CAUSES.map((cause, index) => [cause, 1 << index])) as Readonly<Record<Cause, number>>;

/** What lifts a cause; nothing else does. */
export function liftRuleOf(cause: Cause): LiftRule {
  return RULES[cause].lift;
}

/** True for a cause that halts: flat, then nothing until it is lifted. */
export function isHalting(cause: Cause): boolean {
  return RULES[cause].asksFor === 'HALTED';
}

export function bitOf(cause: Cause): number {
  return BITS[cause];
}

/** Σ 1 << index of each cause: the state in a row of the ledger. */
export function maskOf(causes: readonly { readonly cause: Cause }[]): number {
  return causes.reduce((mask, { cause }) => mask | bitOf(cause), 0);
}

/** The same in every part: one that was lifted and set again is another one. */
export function isSameCause(a: StandingCause, b: StandingCause): boolean {
  return a.cause === b.cause && a.sinceMs === b.sinceMs && a.by === b.by && a.why === b.why;
}

/** The strictest state that the set asks for. */
export function stateOf(causes: readonly { readonly cause: Cause }[]): TradingState {
  if (causes.some(({ cause }) => isHalting(cause))) return 'HALTED';
  return causes.length > 0 ? 'REDUCING' : 'ACTIVE';
}
