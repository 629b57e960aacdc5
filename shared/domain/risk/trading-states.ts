/**
 * Trading states and what moves between them: ACTIVE → REDUCING (only orders that reduce) → HALTED (flat, then nothing).
 *
 * A stricter state stays until what set it is lifted: a daily loss by the next open, a feed or runner by its return,
 * an operator's word and a drawdown by arming.
 */

import type { EpochMs } from '../units/units.ts';
import { lastEntryMinute } from '../policy/actions.ts';
import type { TradingState } from './causes.ts';
import type { StateCause, Verdict } from './types.ts';

export interface StatesSnapshot {
  readonly state: TradingState;
  readonly cause: StateCause;
  readonly haltedAtMs: EpochMs | null;
  readonly rearms: number;
}

const NEEDS_A_HAND: readonly StateCause[] = ['OPERATOR', 'AUDIT_FAILED'];

export class TradingStates {
  state: TradingState = 'ACTIVE';
  cause: StateCause = 'NONE';
  /** Close of the minute of the first halt that was not re-armed by hand; null without one. */
  haltedAtMs: EpochMs | null = null;
  rearms = 0;

  halt(cause: StateCause, atMs: EpochMs): void {
    this.#set('HALTED', cause);
    this.haltedAtMs ??= atMs;
  }

  /** An operator's order to go flat and stay so until armed. */
  flatten(): void {
    if (this.state !== 'HALTED') this.#set('REDUCING', 'OPERATOR');
  }

  /** Only orders that reduce, until the feed or the runner is back. A stricter state stays. */
  reduce(cause: StateCause): void {
    if (this.state === 'ACTIVE') this.#set('REDUCING', cause);
  }

  /** Lifts a REDUCING that `reduce` set for this cause. */
  recover(cause: StateCause): void {
    if (this.state === 'REDUCING' && this.cause === cause) this.#set('ACTIVE', 'NONE');
  }

  /** By hand or, in a backtest that says so, at an open. */
  arm(): void {
    this.#set('ACTIVE', 'NONE');
    this.rearms += 1;
  }

  /** Lifted by the next open, unless an operator has asked for the same. */
  stopTheDay(): void {
    if (this.cause !== 'OPERATOR') this.#set('REDUCING', 'DAILY_LOSS');
  }

  /** What a new session lifts by itself. What an operator or a broken audit has stopped, only an operator starts again. */
  liftAtOpen(options: { readonly rearms: boolean }): void {
    if (this.state === 'HALTED' && !NEEDS_A_HAND.includes(this.cause) && options.rearms) this.arm();
    if (this.state === 'REDUCING' && this.cause === 'DAILY_LOSS') this.#set('ACTIVE', 'NONE');
  }

  /** Why every position has to be flat in this minute of a session; null: it may stay. */
  flattenVerdict(minuteIndex: number, minutes: number): Verdict | null {
    if (this.state === 'HALTED') return this.cause === 'DRAWDOWN' ? 'FLATTEN_DRAWDOWN' : 'FLATTEN_OPERATOR';
    if (this.state === 'REDUCING' && this.cause === 'DAILY_LOSS') return 'FLATTEN_DAILY_LOSS';
    if (this.state === 'REDUCING' && this.cause === 'OPERATOR') return 'FLATTEN_OPERATOR';
    return minuteIndex > lastEntryMinute(minutes) ? 'FLATTEN_CLOSE' : null;
  }

  #set(state: TradingState, cause: StateCause): void {
    this.state = state;
    this.cause = cause;
  }
}
