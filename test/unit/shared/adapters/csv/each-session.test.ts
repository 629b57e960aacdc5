/**
 * Sessions of a folder one at a time: a session is in memory only from its turn on.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { eachSession } from '../../../../../shared/adapters/csv/bars-csv.ts';
import { CSV_HEADER, csvFolder, removeCsvFolders } from '../../../../support/bars/bar-files.ts';

afterAll(removeCsvFolders);

const textOf = (price: number) =>
  [
    CSV_HEADER,
    `AAPL,2025-01-03T14:30:00Z,${price},${price},${price},${price},1`,
    `AAPL,2025-01-06T14:30:00Z,${price},${price},${price},${price},1`,
  ].join('\n');

it('are read when their turn comes, not before', () => {
  const folder = csvFolder({ 'AAPL.csv': textOf(1) });
  const opens: (number | undefined)[] = [];
  for (const { table } of eachSession(folder, ['AAPL'], [20250103, 20250106])) {
    opens.push(table.openE4[0]);
    writeFileSync(join(folder, 'AAPL.csv'), textOf(2));
  }
  expect(opens).toEqual([10_000, 20_000]);
});
