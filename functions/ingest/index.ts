/**
 * Lambda entry of ingest: picks adapters by the environment and wraps the handler.
 */

import { createPostgresDatabase } from '../../shared/adapters/postgres/connection/database.ts';
import { createSecrets, createSecretsClient } from '../../shared/adapters/secrets/secrets-manager.ts';
import { createSqsQueue } from '../../shared/adapters/sqs/sqs-queue.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../../shared/adapters/system/logger.ts';
import { FUNCTION_POOL_MAX, readFunctionSettings } from '../../shared/runtime/function-settings.ts';
import { sqsHandler } from '../../shared/runtime/sqs-handler.ts';
import { databaseLogin } from '../../shared/runtime/with-secret.ts';
import { topology as topologyOf } from '../../shared/topology.ts';
import { createIngest } from './handler.ts';

const { region, stage, logLevel, databaseSecret } = readFunctionSettings(process.env);
const topology = topologyOf(stage);
const clock = systemClock();
const sources = [{ name: 'secrets-manager', client: createSecretsClient({ region }) }];
const secrets = createSecrets({ sources, clock, ttlMs: topology.secretCacheMs });

export const handler = sqsHandler({
  consumer: 'ingest',
  routes: createIngest(),
  database: createPostgresDatabase({
    login: databaseLogin({ secrets, name: databaseSecret }),
    applicationName: 'ingest',
    poolMax: FUNCTION_POOL_MAX,
  }),
  queue: createSqsQueue({ region, topology }),
  clock,
  logger: createLogger({ name: 'ingest', level: parseLogLevel(logLevel) }),
  topology,
});
