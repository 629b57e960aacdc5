/**
 * Writing bars as CSV and reading them back loses nothing.
 */

import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { BarTable } from '../../../../../shared/domain/market/bar-table.ts';
import { PRESENT } from '../../../../../shared/domain/market/frame.ts';
import { barFolder, removeCsvFolders, readSessions } from '../../../../support/bars/bar-files.ts';

afterAll(removeCsvFolders);

const SYMBOLS = ['AAPL', 'BRK.B', 'MSFT'];
const SESSIONS = [
  { date: 20250103, minutes: 390 },
  { date: 20250703, minutes: 210 },
];

const priceE4 = fc.oneof(fc.integer({ min: -20_000, max: 10_000_000 }), fc.constant(Number.NaN), fc.maxSafeNat());
const volume = fc.oneof(fc.nat(), fc.double(), fc.constant(0.5)).filter((value) => !Object.is(value, -0));
const bar = fc.record({
  symbol: fc.nat(SYMBOLS.length - 1),
  minute: fc.nat(389),
  prices: fc.tuple(priceE4, priceE4, priceE4, priceE4),
  volume: volume.filter((value) => Number.isFinite(value) || Number.isNaN(value)),
});

type Bar = typeof bar extends fc.Arbitrary<infer Value> ? Value : never;

/** Every symbol has the first minute: a session without a single bar is refused. */
function tableOf(minutes: number, bars: readonly Bar[]): BarTable {
  const table = new BarTable(SYMBOLS.length, minutes);
  for (let symbol = 0; symbol < SYMBOLS.length; symbol++) table.status[symbol * minutes] = PRESENT;
  for (const each of bars) {
    const at = each.symbol * minutes + (each.minute % minutes);
    table.status[at] = PRESENT;
    table.openE4[at] = each.prices[0];
    table.highE4[at] = each.prices[1];
    table.lowE4[at] = each.prices[2];
    table.closeE4[at] = each.prices[3];
    table.volume[at] = each.volume;
  }
  return table;
}

describe('any session written as CSV', () => {
  it('reads back equal', () => {
    fc.assert(
      fc.property(fc.array(bar, { maxLength: 200 }), fc.array(bar, { maxLength: 200 }), (first, second) => {
        const tables = new Map(
          SESSIONS.map(({ date, minutes }, at) => [date, tableOf(minutes, at === 0 ? first : second)]),
        );
        const read = readSessions(barFolder(SYMBOLS, tables), SYMBOLS, [...tables.keys()]);
        expect(read.quarantine).toEqual([]);
        expect(read.tables).toEqual(tables);
      }),
      { numRuns: 50 },
    );
  });
});
