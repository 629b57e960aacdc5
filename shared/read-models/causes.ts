/**
 * What stands between an account and free trading, in plain words: each cause with when, who, why, and what lifts it.
 *
 * Closed over the causes: a new one does not compile until it has its words. Times of causes are event times.
 */

import { findingName } from '../domain/risk/audit-findings.ts';
import { type Cause, liftRuleOf, type LiftRule, type StandingCause } from '../domain/risk/causes.ts';
import type { RearmMode } from '../domain/risk/types.ts';
import { marketTime, printable, type SessionSpan } from './format.ts';

export interface CauseView {
  readonly cause: Cause;
  /** Two or three words. */
  readonly title: string;
  /** `12:41 ET`, with the date where it is of another session. */
  readonly since: string;
  /** `core`, `page`, `cli:uid-1000`. */
  readonly by: string;
  /** In the words of whoever set it, fit for one line. */
  readonly why: string;
  readonly lifts: string;
  /** What the audit found, in the words that accept it; null: arming lifts this without a word, or not at all. */
  readonly finding: string | null;
  /** All of it in one line, for page and terminal alike. */
  readonly text: string;
}

const TITLES: Readonly<Record<Cause, string>> = {
  DRAWDOWN: 'drawdown limit',
  OPERATOR_HALT: 'halt by an operator',
  OPERATOR_FLATTEN: 'flatten by an operator',
  AUDIT_FAILED: 'audit log does not verify',
  DAILY_LOSS: 'daily loss limit',
  FEED_DEAD: 'market feed silent',
  FEED_BACKUP: 'backup feed in use',
  RUNNER_DEAD: 'policy runner down',
};

const LIFTS: Readonly<Record<LiftRule, string>> = {
  arm: 'lifted by ./jules arm, once flat',
  'arm-accepting-audit': 'lifted, once flat, by ./jules arm --accept-audit',
  'next-open': 'lifted by the next open',
  condition: 'ends by itself',
};

export interface CausesOf {
  readonly causes: readonly StandingCause[];
  readonly rearm: RearmMode;
  readonly session: SessionSpan;
}

export function causeViews({ causes, rearm, session }: CausesOf): CauseView[] {
  return causes.map((standing) => {
    const { cause } = standing;
    const title = TITLES[cause];
    const since = marketTime(standing.sinceMs, session);
    const [by, why] = [printable(standing.by), printable(standing.why)];
    const finding = liftRuleOf(cause) === 'arm-accepting-audit' ? findingName(standing) : null;
    const lifts =
      finding === null ? liftsText(cause, rearm) : `${LIFTS['arm-accepting-audit']} "${printable(finding)}"`;
    const text = `${cause}, ${title}, since ${since} by ${by}: “${why}”; ${lifts}`;
    return { cause, title, since, by, why, lifts, finding, text };
  });
}

function liftsText(cause: Cause, rearm: RearmMode): string {
  const text = LIFTS[liftRuleOf(cause)];
  return cause === 'DRAWDOWN' && rearm === 'session' ? `${text}, or by the run itself at the next open` : text;
}
