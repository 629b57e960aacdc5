/**
 * Inbox, outbox and quarantine on a real server, repeats and failures included.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Repositories } from '../../../../../shared/ports/repositories.ts';
import { note } from '../../../../support/messages.ts';
import { startTestPostgres, type TestPostgres } from '../../../../support/postgres.ts';

let postgres: TestPostgres;
let runId: string;
let runs = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(() => {
  runs += 1;
  runId = `run-${runs}`;
});

function inTransaction<Result>(work: (repositories: Repositories) => Promise<Result>): Promise<Result> {
  return postgres.database.transaction(work);
}

/** Does it twice, in two transactions, as a redelivered message would. */
async function twice(work: (repositories: Repositories) => Promise<void>): Promise<void> {
  await inTransaction(work);
  await inTransaction(work);
}

describe('the inbox', () => {
  it('gives a message to one consumer once', async () => {
    expect(await inTransaction(({ inbox }) => inbox.claim('ingest', runId))).toBe(true);
    expect(await inTransaction(({ inbox }) => inbox.claim('ingest', runId))).toBe(false);
    expect(await inTransaction(({ inbox }) => inbox.claim('risk', runId))).toBe(true);
  });

  it('gives a message claimed by a transaction that failed to the next one', async () => {
    const failure = inTransaction(async ({ inbox }) => {
      await inbox.claim('ingest', runId);
      throw new Error('handler failed');
    });
    await expect(failure).rejects.toThrow('handler failed');
    expect(await inTransaction(({ inbox }) => inbox.claim('ingest', runId))).toBe(true);
  });

  it('gives a message to one of two transactions that claim it at once', async () => {
    const claims = await Promise.all(
      [1, 2, 3, 4].map(() => inTransaction(({ inbox }) => inbox.claim('signal', runId))),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
  });
});

describe('the outbox', () => {
  const first = () => note({ id: `${runId}/1`, data: { text: 'kept: é ✓ "quoted" \\' } });
  const second = () => note({ id: `${runId}/2` });
  const waiting = async () =>
    (await inTransaction(({ outbox }) => outbox.unpublished(null, 0, 1_000))).filter(({ outboxId }) =>
      outboxId.startsWith(`${runId}/`),
    );

  it('returns unpublished messages whole, in the order they were stored', async () => {
    await inTransaction(({ outbox }) =>
      outbox.add('ingest', 'cause', [
        { queue: 'bars-ready', envelope: first() },
        { queue: 'orders', envelope: second() },
      ]),
    );
    expect(await waiting()).toEqual([
      { outboxId: `${runId}/1`, queue: 'bars-ready', envelope: first() },
      { outboxId: `${runId}/2`, queue: 'orders', envelope: second() },
    ]);
  });

  it('leaves a message stored before as it was', async () => {
    await inTransaction(({ outbox }) => outbox.add('risk', 'cause', [{ queue: 'orders', envelope: first() }]));
    const changed = { ...first(), data: { text: 'changed' } };
    await inTransaction(({ outbox }) => outbox.add('risk', 'cause', [{ queue: 'orders', envelope: changed }]));
    expect((await waiting()).map(({ envelope }) => envelope.data)).toEqual([first().data]);
  });

  it('returns what a writer answered to one message, published or not', async () => {
    await inTransaction(async ({ outbox }) => {
      await outbox.add('risk', `${runId}/cause`, [{ queue: 'orders', envelope: first() }]);
      await outbox.add('risk', `${runId}/other`, [{ queue: 'orders', envelope: second() }]);
      await outbox.markPublished([`${runId}/1`]);
    });
    const answers = await inTransaction(({ outbox }) => outbox.causedBy('risk', `${runId}/cause`));
    expect(answers).toEqual([{ outboxId: `${runId}/1`, queue: 'orders', envelope: first() }]);
    expect(await inTransaction(({ outbox }) => outbox.causedBy('signal', `${runId}/cause`))).toEqual([]);
  });

  it('forgets what is published, and returns nothing younger than asked for', async () => {
    await inTransaction(({ outbox }) =>
      outbox.add('risk', 'cause', [
        { queue: 'orders', envelope: first() },
        { queue: 'orders', envelope: second() },
      ]),
    );
    await inTransaction(({ outbox }) => outbox.markPublished([`${runId}/1`]));
    expect((await waiting()).map(({ outboxId }) => outboxId)).toEqual([`${runId}/2`]);
    expect(await inTransaction(({ outbox }) => outbox.unpublished('risk', 3_600_000, 1_000))).toEqual([]);
    const ofOthers = await inTransaction(({ outbox }) => outbox.unpublished('gateway', 0, 1_000));
    expect(ofOthers).toEqual([]);
  });
});

describe('the quarantine', () => {
  const entry = (body: string) => ({
    source: `minutes.fifo/${runId}`,
    reason: 'not JSON',
    field: 'body',
    value: body.slice(0, 10),
    fix: 'send JSON',
    body,
  });
  const parked = async () => {
    const { rows } = await postgres
      .pool('reader')
      .query<{ body: string }>('SELECT body FROM quarantine WHERE source = $1 ORDER BY id', [`minutes.fifo/${runId}`]);
    return rows.map(({ body }) => body);
  };

  it('keeps the same thing from the same source once', async () => {
    await twice(({ quarantine }) => quarantine.add([entry('{bad'), entry('worse'), entry('{bad')]));
    expect(await parked()).toEqual(['{bad', 'worse']);
  });

  it('keeps what Postgres text cannot hold, and at most 256 KiB of it', async () => {
    await inTransaction(({ quarantine }) => quarantine.add([entry('a\0b'), entry('x'.repeat(300_000))]));
    const [withNul, long] = await parked();
    expect(withNul).toBe('a\uFFFDb');
    expect(long).toHaveLength(256 * 1024);
  });
});
