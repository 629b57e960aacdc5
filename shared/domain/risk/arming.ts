/**
 * Arming: an operator, or a run that says so at each session, lets an account trade again. What arming does not lift
 * stays and is named; an account that holds or works something is never armed, so that no limit moves under it.
 *
 * Money in 1e-4 USD.
 */

import { usdText } from '../units/money-text.ts';
import type { UsdE4 } from '../units/units.ts';
import { findingName, isAccepted } from './audit-findings.ts';
import type { StandingCause } from './causes.ts';

export type ArmRefusal = 'NOT_FLAT' | 'ORDER_WORKING' | 'FINDING_NOT_STANDING' | 'NOTHING_TO_LIFT';

export interface Armed {
  readonly kind: 'armed';
  readonly lifted: readonly StandingCause[];
  /** What stands all the same. */
  readonly remaining: readonly StandingCause[];
  /** The reference of the drawdown limit: what it was, and the equity that it is now. */
  readonly formerReferenceE4: UsdE4;
  readonly referenceE4: UsdE4;
}

export interface ArmRefused {
  readonly kind: 'refused';
  readonly code: ArmRefusal;
  readonly remaining: readonly StandingCause[];
}

export type ArmOutcome = Armed | ArmRefused;

export interface ArmingAccount {
  readonly isFlat: boolean;
  readonly hasWorkingOrder: boolean;
  readonly causes: readonly StandingCause[];
  /** The finding of the audit that the operator accepts, in the operator's words; null: none. */
  readonly acceptAudit: string | null;
}

/** Null: it may be armed. `isLifted`: the causes that this way of arming lifts. */
export function refusalToArm(
  account: ArmingAccount,
  isLifted: (standing: StandingCause) => boolean,
): ArmRefusal | null {
  const { causes, acceptAudit } = account;
  // First what waiting does not change.
  if (acceptAudit !== null && !causes.some((each) => isAccepted(each, acceptAudit))) return 'FINDING_NOT_STANDING';
  if (!causes.some(isLifted)) return 'NOTHING_TO_LIFT';
  if (!account.isFlat) return 'NOT_FLAT';
  return account.hasWorkingOrder ? 'ORDER_WORKING' : null;
}

/** For people: what became of an order to arm. */
export function armText(outcome: ArmOutcome): string {
  const { remaining } = outcome;
  const rest = remaining.length === 0 ? '' : `; still standing: ${namesOf(remaining)}`;
  if (outcome.kind === 'refused') return `refused, ${REFUSAL_TEXT[outcome.code]}${rest}`;
  const { formerReferenceE4, referenceE4 } = outcome;
  const reference = `reference of the drawdown limit ${usdText(formerReferenceE4)} → ${usdText(referenceE4)}`;
  return `lifted ${namesOf(outcome.lifted)}; ${reference}${rest}`;
}

const REFUSAL_TEXT: Readonly<Record<ArmRefusal, string>> = {
  NOT_FLAT: 'a position is open: wait until the account is flat',
  ORDER_WORKING: 'an order is working: wait until it is filled or withdrawn',
  FINDING_NOT_STANDING: 'no finding of the audit stands by that name: name one that does, with its chain and entry',
  NOTHING_TO_LIFT: 'nothing stands that arming lifts',
};

/** A finding of the audit with the words that accept it. */
function namesOf(causes: readonly StandingCause[]): string {
  return causes.map(nameOf).join(', ');
}

function nameOf(standing: StandingCause): string {
  return standing.cause === 'AUDIT_FAILED' ? `${standing.cause} “${findingName(standing)}”` : standing.cause;
}
