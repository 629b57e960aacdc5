/**
 * Transactions on a real server: all or nothing, errors that say what failed, a server that dies.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Repositories } from '../../../../../../shared/ports/repositories.ts';
import {
  startTestPostgres,
  temporaryOptions,
  appDatabase,
  type TestPostgres,
} from '../../../../../support/database/postgres.ts';
import { runConfig } from '../../../../../support/core/core.ts';
import { barRow, decision, fill, order } from '../../../../../support/database/trading-rows.ts';
import { feeds } from '../../../../../support/database/feeds.ts';

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startTestPostgres(2);
});
afterAll(() => postgres.stop());

async function count(table: string, runId: string): Promise<number> {
  const { rows } = await postgres
    .pool('reader')
    .query<{ count: string }>(`SELECT count(*) FROM ${table} WHERE run_id = $1`, [runId]);
  return Number(rows[0]?.count);
}

describe('a transaction', () => {
  it('stores nothing when the work fails after its writes', async () => {
    const failure = postgres.database.transaction(async ({ decisions, execution }) => {
      await decisions.add({
        runId: 'rolled-back',
        cause: 'minute',
        decision: decision({ orders: [order()] }),
        signal: null,
      });
      await execution.addFills('rolled-back', [fill()]);
      throw new Error('the handler has a bug');
    });
    await expect(failure).rejects.toThrow('the handler has a bug');
    expect([
      await count('decisions', 'rolled-back'),
      await count('orders', 'rolled-back'),
      await count('fills', 'rolled-back'),
    ]).toEqual([0, 0, 0]);
  });

  it('stores nothing when the database refuses one of its writes, and names that write', async () => {
    const failure = postgres.database.transaction(async ({ decisions, execution, runs }) => {
      await decisions.add({ runId: 'refused', cause: 'minute', decision: decision(), signal: null });
      await execution.addFills('refused', [fill({ quantity: 0 })]);
      // Already aborted: what this read says must not hide why.
      await runs.find('refused');
    });
    await expect(failure).rejects.toMatchObject({
      name: 'DatabaseError',
      code: '23514',
      retryable: false,
      message: expect.stringContaining('fills_quantity_check') as string,
    });
    expect(await count('decisions', 'refused')).toBe(0);
  });

  it('goes on with its pool after any number of failures', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const refused = postgres.database.transaction(({ execution }) => execution.addFills('x', [fill({ priceE4: 0 })]));
      await expect(refused).rejects.toThrow('fills_price_e4_check');
      const failed = postgres.database.transaction(async () => {
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
    }
    expect(await postgres.database.transaction(({ inbox }) => inbox.claim('risk', 'after-failures'))).toBe(true);
  });

  it('shows its rows to nobody before it commits', async () => {
    await postgres.database.transaction(async ({ runs }) => {
      await runs.create(runConfig({ runId: 'uncommitted' }), 'paper');
      expect(await count('runs', 'uncommitted')).toBe(0);
    });
    expect(await count('runs', 'uncommitted')).toBe(1);
  });

  it('refuses a statement sent after its end', async () => {
    let kept: Repositories | undefined;
    await postgres.database.transaction(async (repositories) => {
      kept = repositories;
    });
    await expect(kept?.bars.add(feeds(), [barRow()])).rejects.toThrow('sent before its transaction ends');
  });
});

describe('a database that cannot be reached', () => {
  it('fails as retryable', async () => {
    const database = appDatabase(await temporaryOptions());
    await expect(database.transaction(async () => undefined)).rejects.toMatchObject({
      name: 'DatabaseError',
      code: 'ECONNREFUSED',
      retryable: true,
    });
    await database.close();
  });

  it('fails as retryable when it dies during the work, and works again when it is back', async () => {
    const crashed = postgres.database.transaction(async ({ inbox }) => {
      await inbox.claim('risk', 'lost');
      await postgres.crash();
    });
    await expect(crashed).rejects.toMatchObject({ name: 'DatabaseError', retryable: true });
    expect(await postgres.database.transaction(({ inbox }) => inbox.claim('risk', 'lost'))).toBe(true);
  });
});
