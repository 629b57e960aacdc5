/**
 * Nothing at or before minute t depends on anything after it.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BacktestInput } from '../../../../shared/domain/run/backtest.ts';
import type { BarTable } from '../../../../shared/domain/market/bar-table.ts';
import { anyRun, randomTable } from '../../../support/core/core-markets.ts';
import { type RunMinute, stagedRun } from '../../../support/core/core-run.ts';

/** The same session up to minute `last`, another market after it. */
function withAnotherFuture(table: BarTable, last: number, seed: number): BarTable {
  const { symbolCount, minutes } = table;
  const other = randomTable({
    seed,
    symbolCount,
    minutes,
    priceE4: 1_000_000,
    moveBps: 40,
    volume: 20_000,
    gapRate: 0.1,
    faultRate: 0.1,
    together: false,
  });
  const columns = ['status', 'openE4', 'highE4', 'lowE4', 'closeE4', 'volume', 'faults'] as const;
  for (const column of columns) {
    for (let s = 0; s < symbolCount; s++) {
      const from = s * minutes;
      other[column].set(table[column].subarray(from, from + last + 1), from);
    }
  }
  return other;
}

/** The first session has another future after minute `last`; nothing follows it. */
function rewritten(input: BacktestInput, last: number, seed: number): BacktestInput {
  const [{ session, table }] = [...input.sessions] as [{ session: never; table: BarTable }];
  return { ...input, sessions: [{ session, table: withAnotherFuture(table, last, seed) }] };
}

function known(minutes: readonly RunMinute[], last: number) {
  return minutes
    .slice(0, last + 1)
    .map(({ input, actions, report, decision, risk }) => ({ input, actions, report, decision, risk }));
}

describe('whatever comes after minute t', () => {
  it('leaves observation, actions, fills and decision up to t as they were', () => {
    const arbitrary = fc.tuple(anyRun, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1_000_000));
    fc.assert(
      fc.property(arbitrary, ([input, place, seed]) => {
        const length = input.config.minutesMax!;
        const last = Math.min(length - 1, Math.floor(place * length));
        const before = stagedRun(input).minutes;
        const after = stagedRun(rewritten(input, last, seed)).minutes;
        expect(known(after, last)).toEqual(known(before, last));
      }),
      { numRuns: 60 },
    );
  });
});
