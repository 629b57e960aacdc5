/**
 * What the runner serves: every policy of the registry, asked with what travelled.
 */

import type { ActInput } from '../../shared/contracts/act.v1.ts';
import { readActInput } from '../../shared/contracts/policy-conversions.ts';
import { POLICY_NAMES, policyOf } from '../../shared/domain/policy/registry.ts';

/** One action per symbol. May answer later; what it returns is checked by the server. */
export type ServedPolicy = (input: ActInput) => readonly number[] | Promise<readonly number[]>;

export type PolicyRegistry = ReadonlyMap<string, ServedPolicy>;

export function builtInPolicies(): PolicyRegistry {
  return new Map(POLICY_NAMES.map((name) => [name, serve(name)]));
}

function serve(name: string): ServedPolicy {
  const policy = policyOf(name);
  return (input) => {
    const actions = new Uint8Array(input.symbols.length);
    policy.decide(readActInput(input), actions);
    return [...actions];
  };
}
