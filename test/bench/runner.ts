/**
 * Asking the policy over HTTP, as the signal handler does: one input of two symbols, kept-alive connection.
 */

import { builtInPolicies } from '../../gpu-runner/serve/policies.ts';
import { RUNNER_LIMITS, startRunnerServer } from '../../gpu-runner/serve/server.ts';
import { createHttpRunner } from '../../shared/adapters/runner/http-runner.ts';
import { createLogger } from '../../shared/adapters/system/logger.ts';
import type { ActRequest } from '../../shared/contracts/act.v1.ts';
import { FEATURE_COUNT } from '../../shared/domain/features/feature-schema.ts';
import { featureSchemaHash } from '../../shared/domain/ledger/ledger.ts';
import { acceptsOnly, fixedToken } from '../support/secrets/fixed-secrets.ts';
import { type Measurement, measurement, timed } from './measure.ts';

const TOKEN = 'token-of-the-bench';
const CALLS = 500;
const WARM_UP_CALLS = 100;

export async function benchRunner(): Promise<Measurement[]> {
  const server = await startRunnerServer(
    {
      policies: builtInPolicies(),
      featureSchemaHash,
      logger: createLogger({ name: 'bench', level: 'silent' }),
      limits: RUNNER_LIMITS,
      token: acceptsOnly(TOKEN),
      isReady: () => true,
    },
    0,
  );
  const baseUrl = `http://127.0.0.1:${server.port}`;
  const runner = createHttpRunner({ baseUrl, timeoutMs: 2_000, token: fixedToken(TOKEN) });
  for (let call = 0; call < WARM_UP_CALLS; call++) await runner.act(request());
  const tookMs: number[] = [];
  for (let call = 0; call < CALLS; call++) tookMs.push(await timed(() => runner.act(request())));
  runner.close();
  await server.close(0);
  return [measurement('actions from the runner over HTTP', 'ms', tookMs)];
}

function request(): ActRequest {
  const symbols = ['AAPL', 'MSFT'];
  const closesE4 = symbols.map(() => Array.from({ length: 30 }, (_, at) => 2_430_000 + at));
  const observation = Array.from({ length: symbols.length * (FEATURE_COUNT + 1) }, () => 0.1);
  const minute = { session: 20_250_103, minuteIndex: 100, minutes: 390, seed: 1 };
  const input = { ...minute, symbols, closesE4, observation, ready: true, positions: [0, 0] };
  return { policy: 'rule', featureSchemaHash: featureSchemaHash(symbols.length), inputs: [input] };
}
