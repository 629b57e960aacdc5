/**
 * Lambda entry of upkeep: picks adapters by the environment and wraps the handler.
 */

import { createPostgresDatabase } from '../../shared/adapters/postgres/connection/database.ts';
import { functionParts } from '../../shared/entry/function-parts.ts';
import { createSweep } from '../../shared/runtime/sweep.ts';
import { createUpkeep } from './handler.ts';

const { topology, clock, logger, queue, postgres } = functionParts('upkeep', process.env);
const database = createPostgresDatabase(postgres);
/** What is younger than an invocation may still be on its way. */
const minimumAgeMs = Math.max(...Object.values(topology.queues).map(({ functionTimeoutMs }) => functionTimeoutMs));

export const handler = createUpkeep({
  tasks: {
    sweep: createSweep({ database, queue, logger, minimumAgeMs }),
    maintain: () => database.maintain(clock.nowMs()),
  },
  logger,
});
