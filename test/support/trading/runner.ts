/**
 * The runner's own rules and built-in policies behind its port, with the texts that would travel but no server.
 */

import { decideBatch, parseActRequest } from '../../../gpu-runner/serve/act.ts';
import { builtInPolicies } from '../../../gpu-runner/serve/policies.ts';
import { actResponseSchema } from '../../../shared/contracts/act.v1.ts';
import { featureSchemaHash } from '../../../shared/domain/ledger/ledger.ts';
import type { Runner } from '../../../shared/ports/runner.ts';

export function inProcessRunner(): Runner {
  const policies = builtInPolicies();
  const never = new AbortController().signal;
  return {
    async act(request) {
      const received = parseActRequest(JSON.stringify(request), { policies, featureSchemaHash });
      const response = await decideBatch(received, policies, never);
      return actResponseSchema.parse(JSON.parse(JSON.stringify(response)));
    },
  };
}
