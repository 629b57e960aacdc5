/**
 * What every function is wired with: settings from the environment, clock, log, secrets, and the login to its database.
 *
 * For entries only: adapters meet handlers nowhere else.
 */

import { createPostgresDatabase, type PostgresDatabase } from '../adapters/postgres/connection/database.ts';
import type { PostgresOptions } from '../adapters/postgres/connection/pool.ts';
import { createSecrets, createSecretsClient } from '../adapters/secrets/secrets-manager.ts';
import { createSqsQueue, type SqsQueue } from '../adapters/sqs/sqs-queue.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../adapters/system/logger.ts';
import type { Clock } from '../ports/clock.ts';
import type { Route } from '../ports/handler.ts';
import type { Logger } from '../ports/logger.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { SqsFunction } from '../ports/sqs-event.ts';
import { type Environment, FUNCTION_POOL_MAX, readFunctionSettings } from '../runtime/function-settings.ts';
import { sqsHandler } from '../runtime/sqs-handler.ts';
import { databaseLogin } from '../runtime/with-secret.ts';
import { type ConsumerName, type Topology, topology as topologyOf } from '../topology.ts';

export interface FunctionParts {
  readonly topology: Topology;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secrets: Secrets;
  readonly queue: SqsQueue;
  /** For a pool or a database of the function's own. */
  readonly postgres: PostgresOptions;
}

/** `name` stands in its log and at its connections. Throws SettingsError. */
export function functionParts(name: string, env: Environment): FunctionParts {
  const { region, stage, logLevel, databaseSecret } = readFunctionSettings(env);
  const topology = topologyOf(stage);
  const clock = systemClock();
  const sources = [{ name: 'secrets-manager', client: createSecretsClient({ region }) }];
  const secrets = createSecrets({ sources, clock, ttlMs: topology.secretCacheMs });
  const login = databaseLogin({ secrets, name: databaseSecret });
  return {
    topology,
    clock,
    secrets,
    logger: createLogger({ name, level: parseLogLevel(logLevel) }),
    queue: createSqsQueue({ region, topology }),
    postgres: { login, applicationName: name, poolMax: FUNCTION_POOL_MAX },
  };
}

/** The function that a queue drives: a handler's routes in the batch wrapper, over a database of its own. */
export function queueFunction(
  consumer: ConsumerName,
  { topology, clock, logger, queue, postgres }: FunctionParts,
  routes: readonly Route[],
): SqsFunction {
  const database: PostgresDatabase = createPostgresDatabase(postgres);
  return sqsHandler({ consumer, routes, database, queue, clock, logger, topology });
}
