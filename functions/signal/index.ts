/**
 * Lambda entry of signal: picks adapters by the environment and wraps the handler.
 */

import { createPostgresDatabase } from '../../shared/adapters/postgres/connection/database.ts';
import { createHttpRunner } from '../../shared/adapters/runner/http-runner.ts';
import { createSecrets, createSecretsClient } from '../../shared/adapters/secrets/secrets-manager.ts';
import { createSqsQueue } from '../../shared/adapters/sqs/sqs-queue.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../../shared/adapters/system/logger.ts';
import { FUNCTION_POOL_MAX, readFunctionSettings, readRunnerSettings } from '../../shared/runtime/function-settings.ts';
import { sqsHandler } from '../../shared/runtime/sqs-handler.ts';
import { databaseLogin, serviceToken } from '../../shared/runtime/with-secret.ts';
import { topology as topologyOf } from '../../shared/topology.ts';
import { createSignal } from './handler.ts';

const RUNNER_TIMEOUT_MS = 3_000;

const { region, stage, logLevel, databaseSecret } = readFunctionSettings(process.env);
const topology = topologyOf(stage);
const clock = systemClock();
const sources = [{ name: 'secrets-manager', client: createSecretsClient({ region }) }];
const secrets = createSecrets({ sources, clock, ttlMs: topology.secretCacheMs });
const { url: baseUrl, secret: runnerSecret } = readRunnerSettings(process.env);
const token = serviceToken({ secrets, name: runnerSecret });
const runner = createHttpRunner({ baseUrl, timeoutMs: RUNNER_TIMEOUT_MS, token });

export const handler = sqsHandler({
  consumer: 'signal',
  routes: createSignal({ runner }),
  database: createPostgresDatabase({
    login: databaseLogin({ secrets, name: databaseSecret }),
    applicationName: 'signal',
    poolMax: FUNCTION_POOL_MAX,
  }),
  queue: createSqsQueue({ region, topology }),
  clock,
  logger: createLogger({ name: 'signal', level: parseLogLevel(logLevel) }),
  topology,
});
