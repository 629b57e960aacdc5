/**
 * Daily bars: rounded by one rule, refused as a whole.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { CsvError } from '../../../../../shared/adapters/csv/csv-error.ts';
import { readDaily } from '../../../../../shared/adapters/csv/daily-csv.ts';
import { CSV_HEADER, csvFolder, removeCsvFolders } from '../../../../support/bars/bar-files.ts';

afterAll(removeCsvFolders);

const FIRST = 'AAPL,2025-01-02T14:30:00Z,248.93,249.1,241.82,243.85,55740731';

function daily(...rows: string[]) {
  return readDaily(csvFolder({ 'AAPL.csv': [CSV_HEADER, ...rows].join('\r\n') }), ['AAPL']);
}

describe('daily bars', () => {
  it('have the date of their time as session', () => {
    expect(daily(FIRST)).toEqual([
      {
        symbol: 'AAPL',
        session: 20250102,
        openE4: 2_489_300,
        highE4: 2_491_000,
        lowE4: 2_418_200,
        closeE4: 2_438_500,
        volume: 55_740_731,
      },
    ]);
  });

  it('round adjusted prices', () => {
    const [bar] = daily('AAPL,2015-11-23T14:30:00Z,26.89174999,26.99535,26.456543,26.5490001,129930000.4');
    expect(bar).toMatchObject({
      openE4: 268_917,
      highE4: 269_954,
      lowE4: 264_565,
      closeE4: 265_490,
      volume: 129_930_000,
    });
  });

  it.each([
    ['a price of zero', FIRST.replace('241.82', '0'), 'low', '0'],
    ['text for a price', FIRST.replace('243.85', '-'), 'close', '-'],
    ['no number', FIRST.replace('248.93', 'NaN'), 'open', 'NaN'],
    ['a low above the open', FIRST.replace('241.82', '248.95'), 'high', '249.1'],
    ['a negative volume', FIRST.replace('55740731', '-1'), 'volume', '-1'],
    ['another symbol', FIRST.replace('AAPL', 'MSFT'), 'symbol', 'MSFT'],
    ['no time', FIRST.replace('2025-01-02T14:30:00Z', '02.01.2025'), 'ts', '02.01.2025'],
    ['a date that does not exist', FIRST.replace('01-02', '02-30'), 'ts', '2025-02-30T14:30:00Z'],
    ['a field too few', 'AAPL,2025-01-02T14:30:00Z,1,1,1,1', 'row', '6 fields'],
  ])('with %s are refused as a whole', (_name, row, field, value) => {
    expect(() => daily(row)).toThrow(expect.objectContaining({ name: 'CsvError', line: 2, field, value }) as CsvError);
  });

  it.each([
    ['a date twice', '2025-01-02'],
    ['an earlier date', '2025-01-01'],
  ])('with %s are refused', (_name, date) => {
    expect(() => daily(FIRST, FIRST.replace('2025-01-02', date))).toThrow(CsvError);
  });
});
