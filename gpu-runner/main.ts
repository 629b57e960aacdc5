/**
 * Process entry of the gpu-runner: serves the built-in policies, ends with its supervisor.
 *
 * Its port is in the stack file of the folder that JULES_DATA names; with JULES_LISTEN it needs no folder.
 */

import { systemClock } from '../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../shared/adapters/system/logger.ts';
import { featureSchemaHash } from '../shared/domain/ledger/ledger.ts';
import { listenAddress } from '../shared/runtime/addresses.ts';
import { readStackFile } from '../shared/runtime/stack-file.ts';
import { createTokenCheck } from '../shared/runtime/token-check.ts';
import { builtInPolicies } from './serve/policies.ts';
import { runnerSecrets } from './serve/secrets.ts';
import { RUNNER_LIMITS, startRunnerServer } from './serve/server.ts';

const GRACE_MS = 2_000;

const logger = createLogger({ name: 'gpu-runner', level: parseLogLevel(process.env['JULES_LOG']) });
const address = listenAddress(process.env, () => stackPort(process.env['JULES_DATA']));

const clock = systemClock();
const { secrets, name } = runnerSecrets(process.env, clock);

let draining = false;
const server = await startRunnerServer(
  {
    policies: builtInPolicies(),
    featureSchemaHash,
    logger,
    limits: RUNNER_LIMITS,
    token: createTokenCheck({ secrets, name, clock }),
    isReady: () => !draining,
  },
  address.port,
  address.host,
);
logger.info({ port: server.port }, 'runner ready');
// Loaded behind the start, so that the first minute does not wait; what fails here is reported by the first request.
secrets.get(name).catch((err: unknown) => logger.warn({ err }, 'the token is not known yet'));

async function stop(reason: string): Promise<void> {
  if (draining) return;
  draining = true;
  logger.info({ reason }, 'runner stops');
  await server.close(GRACE_MS);
  process.exit(0);
}

function stackPort(dataDir: string | undefined): number {
  if (dataDir) return readStackFile(dataDir).ports.runner;
  throw new Error(
    'JULES_DATA is not set: start the runner with ./jules start, or say with JULES_LISTEN where it listens',
  );
}

process.on('SIGTERM', () => void stop('SIGTERM'));
// Ctrl-C reaches the whole terminal group; a supervisor decides the order in which processes stop.
process.on('SIGINT', () => {
  if (process.channel === undefined) void stop('SIGINT');
});
// The channel closes when the supervisor dies: no process outlives it.
process.on('disconnect', () => process.exit(0));
