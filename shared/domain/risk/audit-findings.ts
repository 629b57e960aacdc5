/**
 * What an audit has found, as a cause that stands: several may at once, told apart by their words. Each is accepted by name.
 */

import type { StandingCause } from './causes.ts';

interface Finding {
  readonly chain: string;
  readonly sequence: number;
  readonly problem: string;
  readonly detail: string;
}

/** With each decision they are all sent and stored. */
export const FINDINGS_MAX = 16;
const WHY_MAX = 200;

/** Stands in the last place, for all that have none: accepted by these words. */
export const MORE_FINDINGS = 'more findings than are listed: ./jules audit verify names them';

/** `run-1/risk, entry 12 altered: its hash does not fit what it says` */
export function findingWords({ chain, sequence, problem, detail }: Finding): string {
  return `${chain}, entry ${sequence} ${problem}: ${detail}`.slice(0, WHY_MAX);
}

const NAMED = /^((.+?, entry \d+) [a-z]+): /;

/** As an operator names it: `run-1/risk, entry 12 altered`. */
export function findingName({ why }: StandingCause): string {
  return NAMED.exec(why)?.[1] ?? why;
}

/** Whole or by chain and entry, as `audit verify` prints them; a part of a name would accept more than was read. */
export function isAccepted({ cause, why }: StandingCause, accepted: string | null): boolean {
  if (cause !== 'AUDIT_FAILED' || accepted === null) return false;
  const [, name = why, place = why] = NAMED.exec(why) ?? [];
  return [why, name, place].includes(accepted);
}
