/**
 * The outbox gives its space back when a session closes, whatever was noted late and whoever is writing meanwhile.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Pool } from 'pg';
import { runConfig } from '../../../../support/core/core.ts';
import { feeds } from '../../../../support/database/feeds.ts';
import { startTestPostgres, type TestPostgres } from '../../../../support/database/postgres.ts';
import { OPEN_MS, SESSION } from '../../../../support/database/trading-rows.ts';
import { note } from '../../../../support/messages/messages.ts';

const MESSAGES = 1_000;
const SMALL_BYTES = 256 * 1024;
/** Noted as sent after the session was over. */
const LATE = 3;
const UNSENT = 2;
const ROUNDS = 10;

let postgres: TestPostgres;
let superuser: Pool;
let runId = '';
let runs = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  superuser = postgres.pool('superuser');
});
afterAll(() => postgres.stop());

/** A session whose last decision is taken. Its last messages are not known to be sent. */
beforeEach(async () => {
  await superuser.query('TRUNCATE outbox');
  runs += 1;
  runId = `run-${runs}`;
  await postgres.database.transaction(async ({ runs: repository, execution, outbox }) => {
    await repository.create(runConfig({ runId, bookId: runId }), 'replay');
    await repository.openSession({ runId, session: SESSION, minutes: 2, openMs: OPEN_MS }, feeds());
    await outbox.add(
      'risk',
      'cause',
      ids().map((id) => message(id, SESSION)),
    );
    await outbox.markPublished(ids().slice(0, -(LATE + UNSENT)));
    await execution.markDecided(runId, SESSION, 1);
  });
});

const ids = () => Array.from({ length: MESSAGES }, (_, at) => `${runId}/${at}`);

function message(id: string, session: number) {
  return { queue: 'orders' as const, envelope: note({ id, runId, data: { session, text: 'x'.repeat(1_500) } }) };
}

function ofOpenSession(count: number) {
  return Array.from({ length: count }, (_, at) => message(`${runId}/open/${at}`, 20_250_106));
}

const forget = () => postgres.database.transaction(({ outbox }) => outbox.forgetClosed());

async function stored(): Promise<{ ids: string[]; bytes: number }> {
  const { rows } = await superuser.query<{ message_id: string }>('SELECT message_id FROM outbox ORDER BY outbox_id');
  const size = await superuser.query<{ bytes: number }>(`SELECT pg_total_relation_size('outbox')::int AS bytes`);
  return { ids: rows.map((row) => row.message_id), bytes: size.rows[0]!.bytes };
}

describe('the outbox when a session closes', () => {
  it('is small again without vacuum, and keeps what is not known to be sent, in order', async () => {
    expect((await stored()).bytes).toBeGreaterThan(1_500_000);
    await forget();
    expect(await stored()).toEqual({
      ids: ids().slice(-(LATE + UNSENT)),
      bytes: expect.toSatisfy((bytes: number) => bytes < SMALL_BYTES) as number,
    });
  });

  it('notes what was late, numbers what comes after it, and drops both with the next call', async () => {
    await forget();
    const late = ids().slice(-(LATE + UNSENT), -UNSENT);
    await postgres.database.transaction(async ({ outbox }) => {
      await outbox.markPublished(late);
      await outbox.add('risk', 'cause', [{ queue: 'orders', envelope: note({ id: `${runId}/after`, runId }) }]);
    });
    await forget();
    const unsent = await postgres.database.transaction(({ outbox }) => outbox.unpublished(null, 0, MESSAGES));
    expect(unsent.map(({ outboxId }) => outboxId)).toEqual([...ids().slice(-UNSENT), `${runId}/after`]);
  });

  it('is small again too when its run was left in the middle and another one takes the book over', async () => {
    await superuser.query('UPDATE sessions SET decided_minute = 0 WHERE run_id = $1', [runId]);
    await forget();
    expect((await stored()).ids).toHaveLength(MESSAGES);
    await postgres.database.transaction(({ runs: repository }) =>
      repository.create(runConfig({ runId: `${runId}-heir`, bookId: runId }), 'replay'),
    );
    await forget();
    expect(await stored()).toEqual({
      ids: ids().slice(-(LATE + UNSENT)),
      bytes: expect.toSatisfy((bytes: number) => bytes < SMALL_BYTES) as number,
    });
  });

  it('survives a crash of the server right behind it', async () => {
    await forget();
    await postgres.crash();
    superuser = postgres.pool('superuser');
    expect((await stored()).ids).toEqual(ids().slice(-(LATE + UNSENT)));
  });

  it('keeps the file where somebody holds the table, and makes up for it with the next call', async () => {
    const client = await superuser.connect();
    await client.query('BEGIN');
    await client.query('SELECT FROM outbox LIMIT 1');
    await forget();
    const held = await stored();
    await client.query('ROLLBACK');
    client.release();
    expect(held.ids).toEqual(ids().slice(-(LATE + UNSENT)));
    expect(held.bytes).toBeGreaterThan(SMALL_BYTES);
    await forget();
    expect((await stored()).bytes).toBeLessThan(SMALL_BYTES);
  });

  it('loses no message that is being stored meanwhile', async () => {
    let writing = true;
    const written: string[] = [];
    const writer = (async () => {
      for (let at = 0; writing; at += 1) {
        const added = message(`${runId}/new/${at}`, 20_250_106);
        await postgres.database.transaction(({ outbox }) => outbox.add('risk', '', [added]));
        written.push(added.envelope.id);
      }
    })();
    for (let round = 0; round < ROUNDS; round += 1) {
      const sent = Array.from({ length: 300 }, (_, at) => message(`${runId}/${round}/${at}`, SESSION));
      await postgres.database.transaction(async ({ outbox }) => {
        await outbox.add('risk', '', sent);
        await outbox.markPublished(sent.map(({ envelope }) => envelope.id));
      });
      await forget();
    }
    writing = false;
    await writer;
    const kept = new Set((await stored()).ids);
    expect(written.length).toBeGreaterThan(ROUNDS);
    expect(written.filter((id) => !kept.has(id))).toEqual([]);
  });

  it('stays as it is where more than half of it is of an open session', async () => {
    await postgres.database.transaction(({ outbox }) => outbox.add('risk', 'open', ofOpenSession(4 * MESSAGES)));
    const before = (await stored()).bytes;
    await forget();
    const after = await stored();
    expect(after.ids).toHaveLength(4 * MESSAGES + LATE + UNSENT);
    expect(after.bytes).toBe(before);
  });
});
