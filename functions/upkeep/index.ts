/**
 * Lambda entry of upkeep: picks adapters by the environment and wraps the handler.
 */

import { createPostgresDatabase } from '../../shared/adapters/postgres/connection/database.ts';
import { createSecrets, createSecretsClient } from '../../shared/adapters/secrets/secrets-manager.ts';
import { createSqsQueue } from '../../shared/adapters/sqs/sqs-queue.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../../shared/adapters/system/logger.ts';
import { FUNCTION_POOL_MAX, readFunctionSettings } from '../../shared/runtime/function-settings.ts';
import { createSweep } from '../../shared/runtime/sweep.ts';
import { databaseLogin } from '../../shared/runtime/with-secret.ts';
import { topology as topologyOf } from '../../shared/topology.ts';
import { createUpkeep } from './handler.ts';

const { region, stage, logLevel, databaseSecret } = readFunctionSettings(process.env);
const topology = topologyOf(stage);
const clock = systemClock();
const logger = createLogger({ name: 'upkeep', level: parseLogLevel(logLevel) });
const sources = [{ name: 'secrets-manager', client: createSecretsClient({ region }) }];
const secrets = createSecrets({ sources, clock, ttlMs: topology.secretCacheMs });
const database = createPostgresDatabase({
  login: databaseLogin({ secrets, name: databaseSecret }),
  applicationName: 'upkeep',
  poolMax: FUNCTION_POOL_MAX,
});
const queue = createSqsQueue({ region, topology });
/** What is younger than an invocation may still be on its way. */
const minimumAgeMs = Math.max(...Object.values(topology.queues).map(({ functionTimeoutMs }) => functionTimeoutMs));

export const handler = createUpkeep({
  tasks: {
    sweep: createSweep({ database, queue, logger, minimumAgeMs }),
    maintain: () => database.maintain(clock.nowMs()),
  },
  logger,
});
