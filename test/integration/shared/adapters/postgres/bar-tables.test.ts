/**
 * Repositories of minute and daily bars on a real server.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FAULT } from '../../../../../shared/domain/quality/faults.ts';
import type { Repositories } from '../../../../../shared/ports/repositories.ts';
import { startTestPostgres, type TestPostgres } from '../../../../support/postgres.ts';
import { barRow, dailyBar, OPEN_MS, SESSION } from '../../../../support/trading-rows.ts';

const MINUTE_MS = 60_000;
const DAY = { fromMs: OPEN_MS, toMs: OPEN_MS + 390 * MINUTE_MS };

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

describe('minute bars', () => {
  const between = (symbols = ['AAPL', 'MSFT']) => inTransaction(({ bars }) => bars.between(runId, DAY, symbols));
  const faults = () => inTransaction(({ bars }) => bars.quality(runId, DAY, ['AAPL', 'MSFT']));

  it('returns the bars of a range by time, then symbol, without its end', async () => {
    const wanted = [
      barRow(),
      barRow({ symbol: 'MSFT', faults: FAULT.VOLUME_SPIKE, fillableVolume: 500 }),
      barRow({ openMs: DAY.toMs - MINUTE_MS, volume: 0 }),
    ];
    const outside = [
      barRow({ openMs: DAY.toMs }),
      barRow({ openMs: DAY.fromMs - MINUTE_MS }),
      barRow({ symbol: 'NVDA' }),
    ];
    await inTransaction(({ bars }) => bars.upsert(runId, [...wanted, ...outside].toReversed()));
    expect(await between()).toEqual(wanted);
  });

  it('overwrites a bar that arrives again with other values', async () => {
    await inTransaction(({ bars }) => bars.upsert(runId, [barRow()]));
    await twice(({ bars }) => bars.upsert(runId, [barRow({ closeE4: 2_429_900 })]));
    expect(await between()).toEqual([barRow({ closeE4: 2_429_900 })]);
  });

  it('returns faults with what was delivered', async () => {
    const row = {
      symbol: 'AAPL',
      openMs: OPEN_MS,
      faults: FAULT.PRICE_INVALID | FAULT.STALE_REPEAT,
      hard: true,
      raw: '{"close":null}',
    };
    await twice(({ bars }) => bars.recordQuality(runId, [row]));
    expect(await faults()).toEqual([row]);
  });

  it('takes a good bar away when its minute turns out hard-faulted', async () => {
    await inTransaction(({ bars }) => bars.upsert(runId, [barRow(), barRow({ symbol: 'MSFT' })]));
    const hard = { symbol: 'AAPL', openMs: OPEN_MS, faults: FAULT.DUPLICATE_CONFLICT, hard: true, raw: '{}' };
    const soft = { symbol: 'MSFT', openMs: OPEN_MS, faults: FAULT.VOLUME_ZERO, hard: false, raw: '{}' };
    await inTransaction(({ bars }) => bars.recordQuality(runId, [hard, soft]));
    expect((await between()).map(({ symbol }) => symbol)).toEqual(['MSFT']);
  });

  it('clears the faults of a minute whose corrected bar has none', async () => {
    const hard = { symbol: 'AAPL', openMs: OPEN_MS, faults: FAULT.RANGE_CROSSED, hard: true, raw: '{}' };
    await inTransaction(({ bars }) => bars.recordQuality(runId, [hard]));
    await inTransaction(({ bars }) => bars.upsert(runId, [barRow()]));
    expect(await faults()).toEqual([]);
    expect(await between()).toEqual([barRow()]);
  });

  it('rolls minutes up into hours', async () => {
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
    await inTransaction(({ bars }) => bars.upsert(runId, rows));
    const { rows: hours } = await postgres
      .pool('reader')
      .query(
        'SELECT bucket, open_e4, high_e4, low_e4, close_e4, volume, bars FROM ohlcv_hourly WHERE feed = $1 ORDER BY bucket',
        [runId],
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

describe('daily bars', () => {
  it('returns the last sessions strictly before one, oldest first', async () => {
    const symbol = `S${runs}`;
    const rows = [20241230, 20241231, 20250102, SESSION].map((session) => dailyBar({ symbol, session }));
    await twice(({ dailyBars }) => dailyBars.upsert(rows));
    expect(await inTransaction(({ dailyBars }) => dailyBars.before(symbol, SESSION, 2))).toEqual(rows.slice(1, 3));
  });

  it('takes more rows than one statement holds, and corrects them', async () => {
    const symbol = `S${runs}`;
    const rows = Array.from({ length: 2_500 }, (_, index) => dailyBar({ symbol, session: index }));
    await inTransaction(({ dailyBars }) => dailyBars.upsert(rows));
    await inTransaction(({ dailyBars }) => dailyBars.upsert([dailyBar({ symbol, session: 2_499, closeE4: 1 })]));
    const stored = await inTransaction(({ dailyBars }) => dailyBars.before(symbol, 9_999, 9_999));
    expect(stored).toHaveLength(2_500);
    expect(stored.at(-1)?.closeE4).toBe(1);
  });
});
