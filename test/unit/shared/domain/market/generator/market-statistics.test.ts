/**
 * Generated sessions beside recorded ones, by the same measures and the same bands.
 */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAllBars } from '../../../../../../shared/adapters/csv/bars-csv.ts';
import { sessionsBetween } from '../../../../../../shared/domain/calendar/calendar.ts';
import type { BarTable } from '../../../../../../shared/domain/market/bar-table.ts';
import { PRESENT } from '../../../../../../shared/domain/market/frame.ts';
import { MarketGenerator } from '../../../../../../shared/domain/market/generator/market-generator.ts';
import {
  type MarketStatistics,
  marketStatistics,
  pairCorrelation,
} from '../../../../../support/bars/market-statistics.ts';
import { hasSharedData, SHARED_DATA } from '../../../../../support/bars/shared-data.ts';

const SYMBOLS = ['AAPL', 'MSFT'];

/**
 * Around what AAPL and MSFT measured in four recorded sets (2016, 2018, 2025, 2026; the values are in
 * docs/decisions/0007-market-generator.md). Recorded and generated sessions must both lie inside.
 */
const BANDS: Record<keyof MarketStatistics, readonly [number, number]> = {
  returnSdBps: [4, 10],
  kurtosis: [4.5, 20],
  openToNoon: [2.5, 5],
  closeToNoon: [2, 7],
  clusteringAt1: [0.08, 0.35],
  clusteringAt10: [0.05, 0.3],
  returnAutocorrelation: [-0.06, 0.04],
  rangeToSd: [1.1, 1.5],
  gapSdBps: [60, 220],
};
const PAIR_BAND = [0.3, 0.8] as const;

function outside(tables: readonly BarTable[]): string[] {
  const found: string[] = [];
  for (const [index, symbol] of SYMBOLS.entries()) {
    const statistics = marketStatistics(tables, index);
    for (const [name, [from, to]] of Object.entries(BANDS)) {
      const value = statistics[name as keyof MarketStatistics];
      if (!(value >= from && value <= to)) found.push(`${symbol} ${name} ${value.toFixed(3)} not in ${from} to ${to}`);
    }
  }
  const pair = pairCorrelation(tables, 0, 1);
  if (!(pair >= PAIR_BAND[0] && pair <= PAIR_BAND[1])) found.push(`pair correlation ${pair.toFixed(3)}`);
  return found;
}

describe('sessions of AAPL and MSFT look like a market', () => {
  it.each([1, 2, 3])('when they are generated with seed %d', (seed) => {
    const market = new MarketGenerator({ symbols: SYMBOLS, seed });
    const tables = sessionsBetween(20260105, 20260605).map((session) => market.session(session));
    expect(outside(tables)).toEqual([]);
  });

  it.skipIf(!hasSharedData).each(['2016-mit', '2018', '2025q1', '2026spring'])(
    'when they are recorded (shared/data, set %s)',
    (set) => {
      const { tables } = readAllBars(join(SHARED_DATA, 'bars', set), SYMBOLS);
      const full = [...tables.values()].filter((table) => table.status.every((status) => status === PRESENT));
      expect(full.length).toBeGreaterThan(20);
      expect(outside(full)).toEqual([]);
    },
  );
});
