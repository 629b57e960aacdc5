/**
 * The team's recorded sets read completely, by the counts of their own README.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAllBars } from '../../../../../shared/adapters/csv/bars-csv.ts';
import { readDaily } from '../../../../../shared/adapters/csv/daily-csv.ts';
import { PRESENT } from '../../../../../shared/domain/market/frame.ts';
import { readSessions } from '../../../../support/bars/bar-files.ts';
import { hasSharedData, SHARED_DATA } from '../../../../support/bars/shared-data.ts';

const SETS = hasSharedData ? readdirSync(join(SHARED_DATA, 'bars')) : [];

/** `bars/2025q1/AAPL.csv` → days and bars, as the folder's own README counts them. */
function countsInReadme(): Map<string, { days: number; bars: number }> {
  const rows = readFileSync(join(SHARED_DATA, 'README.md'), 'utf8').matchAll(
    /^\| (bars\/\S+\.csv) \| (\d+) \| \S+ \| \S+ \| (\d+) \|/gm,
  );
  return new Map([...rows].map(([, file, days, bars]) => [file!, { days: Number(days), bars: Number(bars) }]));
}

describe.skipIf(!hasSharedData)('the recorded sets of shared/data', () => {
  it('are all there', () => {
    expect(countsInReadme().size).toBeGreaterThan(25);
  });

  it.each(SETS)('read with as many days and bars as their README says: %s', (set) => {
    const dir = join(SHARED_DATA, 'bars', set);
    const symbols = readdirSync(dir)
      .map((name) => name.replace(/\.csv$/, ''))
      .sort();
    const { tables, quarantine } = readAllBars(dir, symbols);
    const read = symbols.map((symbol, index) => {
      const counts = [...tables.values()].map((table) => {
        const column = table.status.subarray(index * table.minutes, (index + 1) * table.minutes);
        return column.filter((status) => status === PRESENT).length;
      });
      const bars = counts.reduce((sum, count) => sum + count, 0);
      return { file: `bars/${set}/${symbol}.csv`, days: counts.filter((count) => count > 0).length, bars };
    });
    const stated = countsInReadme();
    expect(quarantine).toEqual([]);
    expect(read).toEqual(read.map(({ file }) => ({ file, ...stated.get(file) })));
  });

  it('give the same session alone as with all others', () => {
    const dir = join(SHARED_DATA, 'bars', '2025q1');
    const one = readSessions(dir, ['AAPL', 'MSFT'], [20250103]).tables;
    expect([...one.keys()]).toEqual([20250103]);
    expect(one.get(20250103)).toEqual(readAllBars(dir, ['AAPL', 'MSFT']).tables.get(20250103));
  });

  it.each([
    ['daily', 'NVDA'],
    ['daily-adjusted', 'AAPL'],
  ])('have daily bars that can all be used: %s of %s', (folder, symbol) => {
    const bars = readDaily(join(SHARED_DATA, folder), [symbol]);
    const rows =
      readFileSync(join(SHARED_DATA, folder, `${symbol}.csv`), 'utf8')
        .trim()
        .split('\n').length - 1;
    expect(bars).toHaveLength(rows);
  });
});
