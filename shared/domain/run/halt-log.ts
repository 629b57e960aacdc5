/**
 * The halts of a run, read off the causes of its decisions in order of time, the same way by `backtest` and `replay`.
 *
 * One entry for each cause that halted: it ends with the first decision in which that cause no longer stands.
 */

import { type Cause, isHalting, isSameCause, type StandingCause } from '../risk/causes.ts';
import type { EpochMs } from '../units/units.ts';

export interface Halt {
  readonly atMs: EpochMs;
  readonly causes: readonly Cause[];
  readonly by: string;
  readonly why: string;
  /** Null: it stands. */
  readonly liftedAtMs: EpochMs | null;
}

export class HaltLog {
  readonly #over: Halt[] = [];
  #standing: readonly StandingCause[] = [];
  #last: readonly StandingCause[] = [];

  /** What stood at the end of a decision, in order of time. */
  add(eventMs: EpochMs, causes: readonly StandingCause[]): void {
    if (causes === this.#last) return;
    this.#last = causes;
    const halting = causes.filter(({ cause }) => isHalting(cause));
    const lifted = this.#standing.filter((before) => !halting.some((now) => isSameCause(before, now)));
    this.#over.push(...lifted.map((each) => haltOf(each, eventMs)));
    this.#standing = halting;
  }

  /** Oldest first. */
  halts(): Halt[] {
    const all = [...this.#over, ...this.#standing.map((each) => haltOf(each, null))];
    return all.toSorted((a, b) => a.atMs - b.atMs);
  }
}

function haltOf({ cause, sinceMs, by, why }: StandingCause, liftedAtMs: EpochMs | null): Halt {
  return { atMs: sinceMs, causes: [cause], by, why, liftedAtMs };
}
