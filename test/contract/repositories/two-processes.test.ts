/**
 * Two processes of one function over the memory database.
 */

import { describe } from 'vitest';
import { createMemoryDatabase } from '../../support/memory/memory-database.ts';
import { twoProcessesContract } from '../../support/trading/two-processes.ts';

describe('over the memory database', () => {
  twoProcessesContract(async () => {
    const database = createMemoryDatabase();
    return { connect: () => database, close: async () => undefined };
  });
});
