/**
 * The trading state as the set of its causes: each is set with who, when and why, and lifted by its own rule only.
 *
 * ACTIVE without a cause → REDUCING (only orders that reduce) → HALTED (flat, then nothing), the strictest that a cause
 * asks for. What is set while it stands keeps its first time and words. Findings of an audit stand side by side.
 */

import type { EpochMs } from '../units/units.ts';
import { lastEntryMinute } from '../policy/actions.ts';
import { FINDINGS_MAX, MORE_FINDINGS } from './audit-findings.ts';
import {
  bitOf,
  type Cause,
  CAUSES,
  isHalting,
  liftRuleOf,
  maskOf,
  type StandingCause,
  stateOf,
  type TradingState,
} from './causes.ts';
import type { Verdict } from './types.ts';

export interface StatesSnapshot {
  /** In the order of CAUSES. */
  readonly causes: readonly StandingCause[];
  readonly rearms: number;
}

/** What a condition's watcher knows of it: it stands, with these words, or it is over. */
export type Condition = Omit<StandingCause, 'cause'> | null;

const DRAWDOWN = bitOf('DRAWDOWN');
const OPERATOR = bitOf('OPERATOR_HALT') | bitOf('OPERATOR_FLATTEN');
const AUDIT = bitOf('AUDIT_FAILED');
const DAILY_LOSS = bitOf('DAILY_LOSS');

export class TradingStates {
  /** In the order of CAUSES; another array after each change. */
  causes: readonly StandingCause[] = [];
  state: TradingState = 'ACTIVE';
  stateMask = 0;
  /** How often the run armed itself; an operator's arming is not counted. */
  rearms = 0;

  stands(cause: Cause): boolean {
    return (this.stateMask & bitOf(cause)) !== 0;
  }

  /** Since when the account is halted: the oldest cause that halts and stands; null: it is not. */
  get haltedAtMs(): EpochMs | null {
    const halting = this.causes.filter(({ cause }) => isHalting(cause));
    return halting.length === 0 ? null : Math.min(...halting.map(({ sinceMs }) => sinceMs));
  }

  /** Returns what stood already, if it did. */
  impose(standing: StandingCause): StandingCause | null {
    const stood = this.causes.find((each) => isSame(each, standing));
    if (stood !== undefined) return stood;
    const findings = this.causes.filter(({ cause }) => cause === 'AUDIT_FAILED');
    const hasRoom = standing.cause !== 'AUDIT_FAILED' || findings.length < FINDINGS_MAX - 1;
    if (!hasRoom && standing.why !== MORE_FINDINGS) return this.impose({ ...standing, why: MORE_FINDINGS });
    this.setCauses([...this.causes, standing]);
    return null;
  }

  /** A condition that is over takes its cause away; any other cause it leaves alone. */
  watch(cause: Cause, condition: Condition): void {
    if (condition === null) this.lift((each) => each.cause === cause && liftRuleOf(cause) === 'condition');
    else this.impose({ cause, ...condition });
  }

  /** Takes these causes away, and returns those that stood. */
  protected lift(isLifted: (standing: StandingCause) => boolean): readonly StandingCause[] {
    const lifted = this.causes.filter(isLifted);
    if (lifted.length > 0) this.setCauses(this.causes.filter((each) => !lifted.includes(each)));
    return lifted;
  }

  /** Why every position has to go, as far as the causes ask for it; null: they do not. */
  flattenVerdict(): Verdict | null {
    const mask = this.stateMask;
    if (mask === 0) return null;
    if ((mask & DRAWDOWN) !== 0) return 'FLATTEN_DRAWDOWN';
    if ((mask & OPERATOR) !== 0) return 'FLATTEN_OPERATOR';
    if ((mask & AUDIT) !== 0) return 'FLATTEN_AUDIT';
    return (mask & DAILY_LOSS) === 0 ? null : 'FLATTEN_DAILY_LOSS';
  }

  protected setCauses(causes: readonly StandingCause[]): void {
    this.causes = causes.toSorted((a, b) => CAUSES.indexOf(a.cause) - CAUSES.indexOf(b.cause));
    this.state = stateOf(causes);
    this.stateMask = maskOf(causes);
  }
}

function isSame(a: StandingCause, b: StandingCause): boolean {
  return a.cause === b.cause && (a.cause !== 'AUDIT_FAILED' || a.why === b.why);
}

/** Every session ends flat: from here on nothing is entered, and what is held is sold. */
export function closeVerdict(minuteIndex: number, minutes: number): Verdict | null {
  return minuteIndex > lastEntryMinute(minutes) ? 'FLATTEN_CLOSE' : null;
}
