/**
 * Process entry of the gpu-runner: reads the stack file, serves the built-in policies, ends with its supervisor.
 */

import { createLogger, parseLogLevel } from '../shared/adapters/system/logger.ts';
import { featureSchemaHash } from '../shared/domain/ledger/ledger.ts';
import { readStackFile } from '../shared/runtime/stack-file.ts';
import { builtInPolicies } from './policies.ts';
import { RUNNER_LIMITS, startRunnerServer } from './server.ts';

const GRACE_MS = 2_000;

const logger = createLogger({ name: 'gpu-runner', level: parseLogLevel(process.env['JULES_LOG']) });
const dataDir = process.env['JULES_DATA'];
if (!dataDir) throw new Error('JULES_DATA is not set: start the runner with ./jules start, or name the data folder');

let draining = false;
const server = await startRunnerServer(
  {
    policies: builtInPolicies(),
    featureSchemaHash,
    logger,
    limits: RUNNER_LIMITS,
    isReady: () => !draining,
  },
  readStackFile(dataDir).ports.runner,
);
logger.info({ port: server.port }, 'runner ready');

async function stop(reason: string): Promise<void> {
  if (draining) return;
  draining = true;
  logger.info({ reason }, 'runner stops');
  await server.close(GRACE_MS);
  process.exit(0);
}

process.on('SIGTERM', () => void stop('SIGTERM'));
// Ctrl-C reaches the whole terminal group; the supervisor decides the order in which processes stop.
process.on('SIGINT', () => undefined);
// The channel closes when the supervisor dies: no process outlives it.
process.on('disconnect', () => process.exit(0));
