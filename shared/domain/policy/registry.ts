/**
 * Every policy by its name, for core, runner and command line alike. A further one is a file, and its line here.
 */

import { assert } from '../units/units.ts';
import { holdPolicy } from './hold-policy.ts';
import type { Policy } from './policy.ts';
import { randomPolicy } from './random-policy.ts';
import { rulePolicy } from './rule-policy.ts';

const POLICIES: readonly Policy[] = [rulePolicy, holdPolicy, randomPolicy];

export const POLICY_NAMES: readonly string[] = POLICIES.map(({ name }) => name);

/** Null where no policy has the name. */
export function findPolicy(name: string): Policy | null {
  return POLICIES.find((policy) => policy.name === name) ?? null;
}

/** Throws AssertionError where no policy has the name: whoever took it in has to refuse it. */
export function policyOf(name: string): Policy {
  const policy = findPolicy(name);
  assert(policy !== null, `a run names a policy of the registry (${POLICY_NAMES.join(', ')}), got '${name}'`);
  return policy;
}

/** Names a policy in the ledger: `rule`, or `cross@<sha256> {"fast":10,"slow":30}`. */
export function policyId({ name, sha256, parameters }: Policy): string {
  const what = sha256 === null ? name : `${name}@${sha256}`;
  const names = Object.keys(parameters).sort();
  if (names.length === 0) return what;
  return `${what} ${JSON.stringify(Object.fromEntries(names.map((key) => [key, parameters[key]])))}`;
}
