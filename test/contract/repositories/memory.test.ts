/**
 * The memory database keeps the contract that the repositories on Postgres keep.
 */

import { describe } from 'vitest';
import { createMemoryDatabase } from '../../support/memory/memory-database.ts';
import { createMemoryLedger } from '../../support/memory/memory-ledger.ts';
import type { Table } from '../../support/memory/table.ts';
import type { Owned } from '../../support/memory/tables.ts';
import { type Look, repositoriesContract, type Subject } from '../../support/database/contract/contract.ts';

async function open(): Promise<Subject> {
  const database = createMemoryDatabase({ nowMs: () => 1_735_914_600_000 });
  const rowsOf = <Row>(table: Table<Owned<Row>>, runId: string): Row[] =>
    table.where(({ owner }) => owner === runId).map(({ row }) => row);
  const look: Look = {
    positions: async (runId) =>
      rowsOf(database.tables.positions, runId).map(({ symbol, quantity }) => ({ symbol, quantity })),
    equityMinutes: async (runId) => rowsOf(database.tables.equity, runId).map(({ minuteIndex }) => minuteIndex),
    orderEvents: async (runId) => rowsOf(database.tables.orderEvents, runId).map(({ event }) => event),
    riskEvents: async (runId) =>
      database.tables.riskEvents.where((event) => event.runId === runId).map(({ kind }) => kind),
    decisionKeys: async (runId) =>
      database.tables.decisions
        .where((record) => record.runId === runId)
        .map(({ cause, sequence }) => `${cause}/${sequence}`)
        .toSorted(),
    quarantined: async (source) =>
      database.tables.quarantine.where((entry) => entry.source === source).map(({ body }) => body),
    auditRows: async (chain) => database.tables.audit.where((row) => row.chain === chain),
  };
  return { database, ledger: createMemoryLedger(database), look, close: () => database.close() };
}

describe('the memory database', () => {
  repositoriesContract(open);
});
