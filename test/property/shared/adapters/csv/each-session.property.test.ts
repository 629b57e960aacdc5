/**
 * A folder read one session at a time gives what it gives when it is read whole, whatever its rows and their order.
 */

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { eachSession, readAllBars } from '../../../../../shared/adapters/csv/bars-csv.ts';
import { CsvError } from '../../../../../shared/adapters/csv/csv-error.ts';
import type { QuarantineEntry } from '../../../../../shared/ports/repositories/messages.ts';
import { CSV_HEADER, csvFolder, removeCsvFolders } from '../../../../support/bars/bar-files.ts';

afterAll(removeCsvFolders);

const SYMBOLS = ['AAPL', 'MSFT'];
const SESSIONS = [20250103, 20250106, 20250703];
const DAYS = ['2025-01-03', '2025-01-06', '2025-07-03'];

const row = fc.oneof(
  { weight: 20, arbitrary: fc.tuple(fc.constantFrom(...DAYS), fc.nat(200), fc.nat(9)).map(rowText) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'nonsense',
      'AAPL,2025-01-03T14:30:00Z,x,1,1,1,1',
      'IBM,2025-01-03,1',
      'AAPL,2025-02-30T14:30:00Z,1,1,1,1,1',
      'AAPL,2025-01-02T14:30:00Z!,1',
    ),
  },
  { weight: 1, arbitrary: fc.constant('AAPL,2025-01-06T12:00:00Z,1,1,1,1,1') },
);
const file = fc.record({
  rows: fc.array(row, { maxLength: 60 }),
  isSorted: fc.boolean(),
  newline: fc.constantFrom('\n', '\r\n'),
});

function rowText([day, minute, price]: [string, number, number]): string {
  const open = day === '2025-07-03' ? 13 * 60 + 30 : 14 * 60 + 30;
  const clock = new Date((open + minute) * 60_000).toISOString().slice(11, 16);
  return `AAPL,${day}T${clock}:00Z,1.${price},2,1,1.5,1${price}0`;
}

/** Every symbol has a good bar in every session, somewhere in its file. */
function textOf(
  symbol: string,
  { rows, isSorted, newline }: typeof file extends fc.Arbitrary<infer Value> ? Value : never,
) {
  const all = [...rows, ...DAYS.map((day) => rowText([day, 205, 1]))].map((each) => each.replace('AAPL', symbol));
  return [CSV_HEADER, ...(isSorted ? all.sort() : all)].join(newline);
}

/** Rows of other sessions than the first that are named at another turn stand together here. */
function byPlace(quarantine: readonly QuarantineEntry[]): QuarantineEntry[] {
  const line = ({ source }: QuarantineEntry) => Number(source.split(':').at(-1));
  const symbol = ({ source }: QuarantineEntry) => source.slice(0, source.lastIndexOf(':'));
  return quarantine.toSorted((a, b) => (symbol(a) < symbol(b) ? -1 : symbol(a) > symbol(b) ? 1 : line(a) - line(b)));
}

function outcome<Result>(read: () => Result): Result | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof CsvError) return error.message;
    throw error;
  }
}

describe('sessions read one at a time', () => {
  it('are those of the files read whole, with the same rows refused', () => {
    fc.assert(
      fc.property(file, file, (aapl, msft) => {
        const dir = csvFolder({ 'AAPL.csv': textOf('AAPL', aapl), 'MSFT.csv': textOf('MSFT', msft) });
        const whole = outcome(() => {
          const { tables, quarantine } = readAllBars(dir, SYMBOLS);
          return { tables: [...tables], refused: byPlace(quarantine) };
        });
        const single = outcome(() => {
          const each = [...eachSession(dir, SYMBOLS, SESSIONS)];
          const tables = each.map(({ session, table }) => [session.date, table]);
          return { tables, refused: byPlace(each.flatMap(({ quarantine }) => quarantine)) };
        });
        expect(single).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it('are found where a file is larger than what is held of it', () => {
    const rows = Array.from({ length: 90_000 }, (_, at) => rowText(['2025-01-03', at % 200, at % 9]));
    const dir = csvFolder({ 'AAPL.csv': `${[CSV_HEADER, ...rows].join('\n')}\n` });
    const last = `${rowText(['2025-01-06', 7, 3])}\n`;
    appendFileSync(join(dir, 'AAPL.csv'), last);
    const [single] = eachSession(dir, ['AAPL'], [20250106]);
    const alone = readAllBars(csvFolder({ 'AAPL.csv': `${CSV_HEADER}\n${last}` }), ['AAPL']);
    expect(single?.table).toEqual(alone.tables.get(20250106));
  });
});
