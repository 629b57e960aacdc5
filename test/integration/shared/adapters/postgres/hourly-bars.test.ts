/**
 * The view of hours over minute bars, which holds whether or not the server has hypertables.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../support/database/postgres.ts';
import { barRow, OPEN_MS } from '../../../../support/database/trading-rows.ts';
import { feeds } from '../../../../support/database/feeds.ts';

const MINUTE_MS = 60_000;

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

describe('hourly bars', () => {
  it('roll minutes up into hours', async () => {
    const rows = Array.from({ length: 90 }, (_, minute) =>
      barRow({
        openMs: OPEN_MS + minute * MINUTE_MS,
        openE4: 1_000 + minute,
        highE4: 3_000 + minute,
        lowE4: 900 - minute,
        closeE4: 2_000 + minute,
        volume: 10,
      }),
    );
    await postgres.database.transaction(({ bars }) => bars.add(feeds(), rows));
    const { rows: hours } = await postgres
      .pool('reader')
      .query(
        'SELECT bucket, open_e4, high_e4, low_e4, close_e4, volume, bars FROM ohlcv_hourly WHERE feed = $1 ORDER BY bucket',
        ['csv'],
      );
    const hour = (at: string, values: Record<string, string>) => ({
      bucket: new Date(`2025-01-03T${at}:00Z`),
      ...values,
    });
    expect(hours).toEqual([
      hour('14:00', { open_e4: '1000', high_e4: '3029', low_e4: '871', close_e4: '2029', volume: '300', bars: '30' }),
      hour('15:00', { open_e4: '1030', high_e4: '3089', low_e4: '811', close_e4: '2089', volume: '600', bars: '60' }),
    ]);
  });
});
