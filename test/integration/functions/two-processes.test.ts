/**
 * Two processes of one function over a real Postgres, each with connections of its own.
 */

import { describe } from 'vitest';
import type { Database } from '../../../shared/ports/repositories.ts';
import { startTestPostgres } from '../../support/database/postgres.ts';
import { twoProcessesContract } from '../../support/trading/two-processes.ts';

describe('over Postgres', () => {
  twoProcessesContract(async () => {
    const postgres = await startTestPostgres();
    return { database: postgres.database satisfies Database, close: () => postgres.stop() };
  });
});
