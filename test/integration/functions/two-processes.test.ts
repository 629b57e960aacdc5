/**
 * Two processes of one function over a real Postgres, each with connections of its own.
 */

import { describe } from 'vitest';
import type { PostgresDatabase } from '../../../shared/adapters/postgres/connection/database.ts';
import { appDatabase, startTestPostgres } from '../../support/database/postgres.ts';
import { twoProcessesContract } from '../../support/trading/two-processes.ts';

describe('over Postgres', () => {
  twoProcessesContract(async () => {
    const postgres = await startTestPostgres();
    const opened: PostgresDatabase[] = [];
    return {
      connect() {
        const database = appDatabase(postgres.options, 2);
        opened.push(database);
        return database;
      },
      async close() {
        await Promise.all(opened.map((database) => database.close()));
        await postgres.stop();
      },
    };
  });
});
