/**
 * A restored account is what the fills of its run amount to, or the run does not go on.
 */

import { describe, expect, it } from 'vitest';
import { OTHER_THAN_STORED } from '../../../../shared/runtime/minute-guards.ts';
import type { FunctionBench } from '../../../support/trading/function-bench.ts';
import { signal } from '../../../support/trading/messages.ts';
import { decide, holdFive, openRisk } from '../../../support/trading/risk-bench.ts';

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
    [{ quantity: 4 }, 'position of AAPL in session 20250103, minute 1', 'stored 5, derived 4'],
    [{ priceE4: 1_000_100 }, 'cash of the account in session 20250103, minute 1', 'stored 20000000, derived 19999500'],
  ])('decides nothing once a fill was changed to %o, and says what differs', async (change, field, value) => {
    const bench = await openRisk();
    await holdFive(bench);
    const decided = bench.answers().length;
    tamper(bench, change);
    await decide(bench, { minuteIndex: 2 });
    bench.restart();
    await bench.deliver(signal({ minuteIndex: 3 }));
    expect(bench.database.quarantine).toMatchObject([
      { reason: OTHER_THAN_STORED, field: field.replace('minute 1', 'minute 2'), value },
    ]);
    expect(bench.answers()).toHaveLength(decided + 1);
  });
});
