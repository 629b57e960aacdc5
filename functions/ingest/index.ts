/**
 * Lambda entry of ingest: picks adapters by the environment and wraps the handler.
 */

import { createPostgresDatabase } from '../../shared/adapters/postgres/database.ts';
import { createSqsQueue } from '../../shared/adapters/sqs/sqs-queue.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { createLogger, parseLogLevel } from '../../shared/adapters/system/logger.ts';
import { readFunctionSettings } from '../../shared/runtime/function-settings.ts';
import { sqsHandler } from '../../shared/runtime/sqs-handler.ts';
import { topology as topologyOf } from '../../shared/topology.ts';
import { createIngest } from './handler.ts';

const { region, stage, logLevel, postgres } = readFunctionSettings(process.env);
const topology = topologyOf(stage);

export const handler = sqsHandler({
  consumer: 'ingest',
  routes: createIngest(),
  database: createPostgresDatabase({ ...postgres, applicationName: 'ingest' }),
  queue: createSqsQueue({ region, topology }),
  clock: systemClock(),
  logger: createLogger({ name: 'ingest', level: parseLogLevel(logLevel) }),
  topology,
});
