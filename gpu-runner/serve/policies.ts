/**
 * What the runner serves: the built-in policies. Trained models join this registry by their id.
 */

import { decideActions, type PolicyInput } from '../../shared/domain/policy/policies.ts';
import { type PolicyName, POLICY_NAMES } from '../../shared/domain/run/run-config.ts';

/** One action per symbol. May answer later; what it returns is checked by the server. */
export type ServedPolicy = (input: PolicyInput) => readonly number[] | Promise<readonly number[]>;

export type PolicyRegistry = ReadonlyMap<string, ServedPolicy>;

export function builtInPolicies(): PolicyRegistry {
  return new Map(POLICY_NAMES.map((name: PolicyName) => [name, (input: PolicyInput) => decideActions(name, input)]));
}
