/**
 * Lambda entry of signal: picks adapters by the environment and wraps the handler.
 */

import { createPostgresDatabase } from '../../shared/adapters/postgres/database.ts';
import { createHttpRunner } from '../../shared/adapters/runner/http-runner.ts';
import { createSqsQueue } from '../../shared/adapters/sqs/sqs-queue.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../../shared/adapters/system/logger.ts';
import { readFunctionSettings, readRunnerUrl } from '../../shared/runtime/function-settings.ts';
import { sqsHandler } from '../../shared/runtime/sqs-handler.ts';
import { topology as topologyOf } from '../../shared/topology.ts';
import { createSignal } from './handler.ts';

const RUNNER_TIMEOUT_MS = 3_000;

const { region, stage, logLevel, postgres } = readFunctionSettings(process.env);
const topology = topologyOf(stage);
const runner = createHttpRunner({ baseUrl: readRunnerUrl(process.env), timeoutMs: RUNNER_TIMEOUT_MS });

export const handler = sqsHandler({
  consumer: 'signal',
  routes: createSignal({ runner }),
  database: createPostgresDatabase({ ...postgres, applicationName: 'signal' }),
  queue: createSqsQueue({ region, topology }),
  clock: systemClock(),
  logger: createLogger({ name: 'signal', level: parseLogLevel(logLevel) }),
  topology,
});
