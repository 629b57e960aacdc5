/**
 * What the size of the tables is said to be, and of how many sessions.
 */

import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectReader } from '../../../../../../local/cli/reach/read-only-connection.ts';
import { storedSize } from '../../../../../../shared/adapters/postgres/report/storage.ts';
import { runConfig } from '../../../../../support/core/core.ts';
import { feeds } from '../../../../../support/database/feeds.ts';
import { startTestPostgres, type TestPostgres } from '../../../../../support/database/postgres.ts';
import { accountRow, OPEN_MS, SESSION } from '../../../../../support/database/trading-rows.ts';
import { note } from '../../../../../support/messages/messages.ts';

let postgres: TestPostgres;
let client: Client;

beforeAll(async () => {
  postgres = await startTestPostgres();
  client = await connectReader(postgres.options);
});
afterAll(async () => {
  await client.end();
  await postgres.stop();
});

describe('the size of what is stored', () => {
  it('is shown to the role that can only read, with the sessions that are closed and the parts that are played', async () => {
    const before = await storedSize(client);
    const open = { session: SESSION, openMs: OPEN_MS };
    await postgres.database.transaction(async ({ runs, execution, accounts }) => {
      // Halted before its first session: an account of no session, which an earlier version stored as closed.
      await accounts.save(accountRow({ runId: 'halted', session: 0, closed: true }), [], null);
      for (const [runId, minutes, decided] of [
        ['closed', 4, 3],
        ['half', 4, 1],
        ['begun', 4, -1],
      ] as const) {
        await runs.create(runConfig({ runId, bookId: runId }), 'replay');
        await runs.openSession({ ...open, runId, minutes }, feeds());
        await execution.markDecided(runId, SESSION, decided);
      }
    });
    const after = await storedSize(client);
    expect(after.closedSessions).toBe(before.closedSessions + 1);
    expect(after.tableBytes).toBeGreaterThan(100_000);
    expect(after.databaseBytes).toBeGreaterThan(after.tableBytes);
    expect(after.playedSessions).toBeCloseTo(before.playedSessions + 1.5, 9);
  });

  it('counts neither messages under way for a session, nor partitions without a row', async () => {
    const before = await storedSize(client);
    const envelope = note({ id: 'under-way', data: { text: 'x'.repeat(200_000) } });
    await postgres.database.transaction(({ outbox }) => outbox.add('risk', '', [{ queue: 'orders', envelope }]));
    await postgres.database.maintain(Date.UTC(2027, 8, 6));
    const after = await storedSize(client);
    expect(after.tableBytes).toBe(before.tableBytes);
    expect(after.databaseBytes).toBeGreaterThan(before.databaseBytes);
  });
});
