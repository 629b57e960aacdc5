/**
 * A restored account is what the fills of its run amount to, and its daily bars are those that it was decided on, or the
 * run does not go on.
 */

import { describe, expect, it } from 'vitest';
import { OTHER_THAN_STORED } from '../../../../shared/runtime/minute-guards.ts';
import type { FunctionBench } from '../../../support/trading/function-bench.ts';
import { signal } from '../../../support/trading/messages.ts';
import { dailyBar } from '../../../support/database/trading-rows.ts';
import { decide, holdFive, NEXT, openRisk, stored } from '../../../support/trading/risk-bench.ts';

/** As somebody who may write to the database would. */
function tamper({ database }: FunctionBench, change: { quantity?: number; priceE4?: number }): void {
  const { fills } = database.tables;
  const [owned] = fills.all();
  fills.put(`run-1/${owned!.row.fillId}`, { ...owned!, row: { ...owned!.row, ...change } });
}

describe('a restart of risk', () => {
  it('goes on where positions and cash are those of the fills', async () => {
    const bench = await openRisk();
    await holdFive(bench);
    bench.restart();
    await decide(bench, { minuteIndex: 2 });
    expect(bench.database.quarantine).toEqual([]);
  });

  it.each([
    [{ quantity: 4 }, 'position of AAPL in session 20250103, minute 2', 'stored 5, derived 4'],
    [{ priceE4: 1_000_100 }, 'cash of the account in session 20250103, minute 2', 'stored 20000000, derived 19999500'],
  ])('decides nothing once a fill was changed to %o, and says what differs', async (change, field, value) => {
    const bench = await openRisk();
    await holdFive(bench);
    const decided = bench.answers().length;
    tamper(bench, change);
    await decide(bench, { minuteIndex: 2 });
    bench.restart();
    await bench.deliver(signal({ minuteIndex: 3 }));
    expect(bench.database.quarantine).toMatchObject([
      { reason: OTHER_THAN_STORED, field: field.replace('minute 2', 'minute 3'), value },
    ]);
    expect(bench.answers()).toHaveLength(decided + 1);
  });
});

describe('daily bars under a run that reads them', () => {
  const put = ({ database }: FunctionBench, ...rows: Parameters<typeof dailyBar>[0][]) =>
    database.transaction(({ dailyBars }) => dailyBars.upsert(rows.map(dailyBar)));

  async function begun(config: Parameters<typeof openRisk>[0] = {}): Promise<FunctionBench> {
    const bench = await openRisk({ profile: 'enhanced', minutesMax: 2, ...config });
    await put(bench, { session: 20250102 }, { session: 20250102, symbol: 'MSFT' });
    await decide(bench, { minutes: 2 });
    return bench;
  }

  it('may gain later days and other symbols between two lives', async () => {
    const bench = await begun();
    await put(bench, { session: 20250103 }, { session: 20250102, symbol: 'NVDA' });
    bench.restart();
    await decide(bench, { minuteIndex: 1, minutes: 2 });
    await decide(bench, { ...NEXT, minutes: 2 });
    expect(bench.database.quarantine).toEqual([]);
  });

  it.each([
    ['in the same session', { minuteIndex: 1, minutes: 2 }],
    ['at the next session', { ...NEXT, minutes: 2 }],
  ])('stop it once an earlier day was edited, %s, with both digests and --new-run', async (_, at) => {
    const bench = await begun();
    const before = stored(bench)!.dailyHash;
    if ('session' in at) await decide(bench, { minuteIndex: 1, minutes: 2 });
    const decided = bench.answers().length;
    await put(bench, { session: 20250102, closeE4: 2_440_001 });
    bench.restart();
    await bench.deliver(signal(at));
    const [refused] = bench.database.quarantine;
    expect(refused).toMatchObject({ reason: OTHER_THAN_STORED, fix: expect.stringContaining('--new-run') as string });
    expect(refused?.field).toContain('digest of the daily bars of the run in session 20250103');
    expect(refused?.value).toMatch(new RegExp(`^stored ${before}, derived [0-9a-f]{64}$`));
    expect(bench.answers()).toHaveLength(decided);
  });

  it('are nothing to a run whose profile reads none', async () => {
    const bench = await begun({ profile: 'basic' });
    await put(bench, { session: 20250102, closeE4: 2_440_001 });
    bench.restart();
    await decide(bench, { minuteIndex: 1, minutes: 2 });
    expect(stored(bench)?.dailyHash).toBe(null);
    expect(bench.database.quarantine).toEqual([]);
  });
});
