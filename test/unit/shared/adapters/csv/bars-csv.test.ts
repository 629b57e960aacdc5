/**
 * Every ruling of docs/decisions/0008-bad-input.md about rows and files of bars.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { heldSessions, readAllBars } from '../../../../../shared/adapters/csv/bars-csv.ts';
import { CsvError } from '../../../../../shared/adapters/csv/csv-error.ts';
import { MISSING, PRESENT } from '../../../../../shared/domain/market/frame.ts';
import { FAULT } from '../../../../../shared/domain/quality/faults.ts';
import { CSV_HEADER, csvFolder, readSessions, removeCsvFolders } from '../../../../support/bars/bar-files.ts';

afterAll(removeCsvFolders);

const SESSION = 20250103;
const GOOD = 'AAPL,2025-01-03T14:30:00Z,243.36,244.18,241.89,243.26,1024';

function folder(...rows: string[]): string {
  return csvFolder({ 'AAPL.csv': `${[CSV_HEADER, ...rows].join('\n')}\n` });
}

function read(...rows: string[]) {
  const dir = folder(...rows);
  const { tables, quarantine } = readSessions(dir, ['AAPL'], [SESSION]);
  return { table: tables.get(SESSION)!, quarantine, dir };
}

/** Rows of 390 minutes from a minute of the UTC day. */
function fullDay(day: string, firstMinute: number): string[] {
  return Array.from({ length: 390 }, (_, minute) => {
    const clock = new Date((firstMinute + minute) * 60_000).toISOString().slice(11, 16);
    return `AAPL,${day}T${clock}:00Z,1,1,1,1,1`;
  });
}

function refusal(work: () => unknown): CsvError {
  try {
    work();
  } catch (error) {
    if (error instanceof CsvError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('recorded bars', () => {
  it('are read as exact integers', () => {
    const { table, quarantine } = read(
      'AAPL,2025-01-03T14:30:00Z,0.0001,4503599627.3704,0.07,1.1,1245220',
      'AAPL,2025-01-03T20:59:00Z,248.9300000,248,248.5,-1.2345,3',
    );
    expect([table.openE4[0], table.highE4[0], table.lowE4[0], table.closeE4[0]]).toEqual([
      1, 45_035_996_273_704, 700, 11_000,
    ]);
    expect([table.openE4[389], table.highE4[389], table.lowE4[389], table.closeE4[389]]).toEqual([
      2_489_300, 2_480_000, 2_485_000, -12_345,
    ]);
    expect(table.volume[0]).toBe(1_245_220);
    expect(quarantine).toEqual([]);
  });

  it('leave a minute without a row missing', () => {
    const { table } = read(GOOD, 'AAPL,2025-01-03T14:32:00Z,243,244,242,243,7');
    expect(Array.from(table.status.subarray(0, 4))).toEqual([PRESENT, MISSING, PRESENT, MISSING]);
  });

  it.each([
    ['a byte order mark and carriage returns', `\uFEFF${CSV_HEADER}\r\n${GOOD}\r\n`],
    ['no newline at the end', `${CSV_HEADER}\n${GOOD}`],
    ['blank lines', `${CSV_HEADER}\n\n${GOOD}\n\n`],
  ])('tolerate %s', (_name, text) => {
    const { tables, quarantine } = readSessions(csvFolder({ 'AAPL.csv': text }), ['AAPL'], [SESSION]);
    expect(tables.get(SESSION)!.closeE4[0]).toBe(2_432_600);
    expect(tables.get(SESSION)!.volume[0]).toBe(1_024);
    expect(quarantine).toEqual([]);
  });

  it('leave prices and volumes that are numbers to quality', () => {
    const { table, quarantine } = read(
      'AAPL,2025-01-03T14:30:00Z,-1,NaN,9,2,-3.5',
      'AAPL,2025-01-03T14:31:00Z,1,1,1,1,nan',
    );
    expect([table.openE4[0], table.highE4[0], table.volume[0], table.volume[1]]).toEqual([
      -10_000,
      Number.NaN,
      -3.5,
      Number.NaN,
    ]);
    expect([table.faults[0], table.faults[1]]).toEqual([0, 0]);
    expect(quarantine).toEqual([]);
  });

  it('have 210 minutes on a half-day', () => {
    const dir = csvFolder({
      'AAPL.csv': `${CSV_HEADER}\nAAPL,2025-11-28T17:59:00Z,1,1,1,1,1\nAAPL,2025-11-28T18:00:00Z,1,1,1,1,1\n`,
    });
    const { tables, quarantine } = readSessions(dir, ['AAPL'], [20251128]);
    expect(tables.get(20251128)!.minutes).toBe(210);
    expect(tables.get(20251128)!.status[209]).toBe(PRESENT);
    expect(quarantine.map(({ reason }) => reason)).toEqual(['out-of-session']);
  });

  it('follow daylight saving', () => {
    const rows = ['AAPL,2025-03-07T14:30:00Z,1,1,1,1,1', 'AAPL,2025-03-10T13:30:00Z,2,2,2,2,2'];
    const { tables } = readAllBars(folder(...rows), ['AAPL']);
    expect([...tables].map(([date, table]) => [date, table.openE4[0]])).toEqual([
      [20250307, 10_000],
      [20250310, 20_000],
    ]);
  });

  it('put symbols in the order they are asked for', () => {
    const dir = csvFolder({
      'AAPL.csv': `${CSV_HEADER}\n${GOOD}\n`,
      'MSFT.csv': `${CSV_HEADER}\n${GOOD.replace('AAPL', 'MSFT').replace('243.36', '1')}\n`,
    });
    const table = readSessions(dir, ['AAPL', 'MSFT'], [SESSION]).tables.get(SESSION)!;
    expect([table.openE4[0], table.openE4[390]]).toEqual([2_433_600, 10_000]);
  });
});

describe('a row that cannot be used as it stands', () => {
  it.each([
    ['of another symbol', 'MSFT,2025-01-03T14:31:00Z,1,1,1,1,1', 'wrong-symbol', 'symbol', 'MSFT'],
    ['with a longer symbol', 'AAPLX,2025-01-03T14:31:00Z,1,1,1,1,1', 'wrong-symbol', 'symbol', 'AAPLX'],
    ['with text for a time', 'AAPL,yesterday,1,1,1,1,1', 'unreadable-time', 'ts', 'yesterday'],
    [
      'with a date that does not exist',
      'AAPL,2025-02-30T14:31:00Z,1,1,1,1,1',
      'unreadable-time',
      'ts',
      '2025-02-30T14:31:00Z',
    ],
    [
      'with an hour that does not exist',
      'AAPL,2025-01-03T24:31:00Z,1,1,1,1,1',
      'unreadable-time',
      'ts',
      '2025-01-03T24:31:00Z',
    ],
    ['with an offset', 'AAPL,2025-01-03T09:31:00-05:00,1,1,1,1,1', 'not-utc', 'ts', '2025-01-03T09:31:00-05:00'],
    ['without a zone', 'AAPL,2025-01-03 09:31:00,1,1,1,1,1', 'no-time-zone', 'ts', '2025-01-03 09:31:00'],
    ['with seconds', 'AAPL,2025-01-03T14:31:30Z,1,1,1,1,1', 'not-a-whole-minute', 'ts', '2025-01-03T14:31:30Z'],
    ['before the open', 'AAPL,2025-01-03T14:29:00Z,1,1,1,1,1', 'out-of-session', 'ts', '2025-01-03T14:29:00Z'],
    ['after the close', 'AAPL,2025-01-03T21:00:00Z,1,1,1,1,1', 'out-of-session', 'ts', '2025-01-03T21:00:00Z'],
    ['cut short', 'AAPL,2025-01-03T14:31:00Z,1,1', 'malformed-row', 'row', '4 fields'],
    ['cut inside the time', 'AAPL,2025-01-03T14:3', 'unreadable-time', 'ts', '2025-01-03T14:3'],
    ['with a field too many', 'AAPL,2025-01-03T14:31:00Z,1,1,1,1,1,1', 'malformed-row', 'row', '8 fields'],
    ['with text for a price', 'AAPL,2025-01-03T14:31:00Z,1,1,n/a,1,1', 'unreadable-number', 'low', 'n/a'],
    ['without a price', 'AAPL,2025-01-03T14:31:00Z,1,1,1,,1', 'unreadable-number', 'close', ''],
    ['with five decimals', 'AAPL,2025-01-03T14:31:00Z,1.23456,2,1,1,1', 'unreadable-number', 'open', '1.23456'],
    ['with a decimal comma', 'AAPL,2025-01-03T14:31:00Z,"1,2",2,1,1,1', 'malformed-row', 'row', '8 fields'],
    [
      'with too many digits',
      'AAPL,2025-01-03T14:31:00Z,1,900719925474.0992,1,1,1',
      'unreadable-number',
      'high',
      '900719925474.0992',
    ],
    ['with text for a volume', 'AAPL,2025-01-03T14:31:00Z,1,1,1,1,1k', 'unreadable-number', 'volume', '1k'],
    ['that repeats another', GOOD, 'duplicate', 'ts', '2025-01-03T14:30:00Z'],
    ['that contradicts another', GOOD.replace('1024', '1025'), 'duplicate-conflict', 'ts', '2025-01-03T14:30:00Z'],
  ])('%s goes to quarantine with file, line, field, value and fix', (_name, row, reason, field, value) => {
    const { quarantine, dir } = read(GOOD, row);
    expect(quarantine[0]).toMatchObject({ source: `${dir}/AAPL.csv:3`, reason, field, value, body: row });
    expect(quarantine[0]!.fix).not.toBe('');
  });

  it('learns the time it should have had where that can be known', () => {
    const { quarantine } = read(GOOD, 'AAPL,2025-01-03T09:31:00-05:00,1,1,1,1,1');
    expect(quarantine[0]!.fix).toContain('2025-01-03T14:31:00Z');
  });

  it('makes its minute faulty where a price cannot be read', () => {
    const { table } = read(GOOD, 'AAPL,2025-01-03T14:31:00Z,1,1,n/a,1,1', 'AAPL,2025-01-03T14:32:00Z,1,1');
    expect([table.status[1], table.status[2]]).toEqual([PRESENT, PRESENT]);
    expect([table.faults[1], table.faults[2]]).toEqual([FAULT.UNPARSEABLE, FAULT.UNPARSEABLE]);
    expect([table.openE4[1], table.closeE4[2]]).toEqual([Number.NaN, Number.NaN]);
  });

  it('keeps its prices where only the volume cannot be read', () => {
    const { table } = read(GOOD, 'AAPL,2025-01-03T14:31:00Z,1,1,1,1,1k');
    expect([table.openE4[1], table.volume[1], table.faults[1]]).toEqual([10_000, Number.NaN, 0]);
  });

  it('is used in its right place when it is only in the wrong order', () => {
    const at = (minute: number) => `AAPL,2025-01-03T14:${minute}:00Z,${minute},${minute},${minute},${minute},1`;
    const { table, quarantine } = read(at(34), at(31), at(32), at(33));
    expect(Array.from(table.openE4.subarray(0, 5))).toEqual([0, 310_000, 320_000, 330_000, 340_000]);
    expect(quarantine.map(({ reason, value }) => [reason, value])).toEqual([['unsorted', '2025-01-03T14:31:00Z']]);
  });

  it('leaves the first row of its minute standing, and a conflict makes the minute faulty', () => {
    const { table } = read(GOOD, GOOD, GOOD.replace('243.36', '250'));
    expect([table.openE4[0], table.faults[0]]).toEqual([2_433_600, FAULT.DUPLICATE_CONFLICT]);
  });

  it('of another session than those asked for is left alone, with what follows it and is of no day', () => {
    const { quarantine } = read(
      'AAPL,2025-01-02T14:30:00Z,what,is,this,x,y',
      'AAPL,2025-01-02T03:00:00Z,1,1,1,1,1',
      'AAPL,broken',
      GOOD,
      'AAPL,broken too',
    );
    expect(quarantine.map(({ body }) => body)).toEqual(['AAPL,broken too']);
  });

  it('on a day without a session is named when everything is loaded', () => {
    const { quarantine, tables } = readAllBars(
      folder('AAPL,2025-01-04T14:30:00Z,1,1,1,1,1', 'AAPL,2031-01-02T14:30:00Z,1,1,1,1,1'),
      ['AAPL'],
    );
    expect(quarantine.map(({ reason, value }) => [reason, value])).toEqual([
      ['no-session', '2025-01-04'],
      ['no-session', '2031-01-02'],
    ]);
    expect(tables.size).toBe(0);
  });
});

describe('a file that cannot be taken', () => {
  it.each([
    ['another order of columns', 'symbol,ts,close,open,high,low,volume\n'],
    ['no header', `${GOOD}\n`],
    ['nothing in it', ''],
    ['another separator', CSV_HEADER.replaceAll(',', ';')],
  ])('because of %s is refused with what was found and what is expected', (_name, text) => {
    const dir = csvFolder({ 'AAPL.csv': text });
    const error = refusal(() => readSessions(dir, ['AAPL'], [SESSION]));
    expect(error).toMatchObject({ file: `${dir}/AAPL.csv`, line: 1, field: 'header', value: text.split('\n')[0] });
    expect(error.message).toContain(CSV_HEADER);
    expect(error.fix).toContain(CSV_HEADER);
  });

  it('because there is none names the symbols that are there', () => {
    const dir = csvFolder({ 'MSFT.csv': '', 'AMZN.csv': '', 'notes.txt': '' });
    const error = refusal(() => readSessions(dir, ['AAPL'], [SESSION]));
    expect(error).toMatchObject({ file: `${dir}/AAPL.csv`, field: 'symbol', value: 'AAPL' });
    expect(error.message).toContain('AMZN, MSFT');
  });

  it('because a session has no bar names the symbol, the session and what the file holds', () => {
    const error = refusal(() =>
      readSessions(folder(GOOD, GOOD.replace('01-03', '01-07')), ['AAPL'], [SESSION, 20250106]),
    );
    expect(error).toMatchObject({ field: 'session', value: '2025-01-06' });
    expect(error.message).toContain('no bar of AAPL; its rows go from 2025-01-03 to 2025-01-07');
  });

  it('because every row is bad names the first of them', () => {
    const error = refusal(() => readSessions(folder('AAPL,2025-01-03T09:31:00-05:00,1,1,1,1,1'), ['AAPL'], [SESSION]));
    expect(error.message).toContain('AAPL.csv:2 (not-utc');
    expect(error.fix).toContain('2025-01-03T14:31:00Z');
  });

  it.each([
    ['winter', '2025-01-03', SESSION, 'add 5 hours'],
    ['summer', '2025-06-03', 20250603, 'add 4 hours'],
  ])('because it is written in New York time is named in %s', (_name, day, session, fix) => {
    const rows = fullDay(day, 570);
    const error = refusal(() => readSessions(folder(...rows), ['AAPL'], [session]));
    expect(error).toMatchObject({ field: 'ts', line: 2 });
    expect(error.message).toContain('looks like New York time');
    expect(error.fix).toContain(fix);
  });

  it.each([
    ['an hour late, as on a clock of Central Europe', 930, 'another clock', 'take 60 minutes'],
    ['half an hour early', 840, 'another clock', 'add 30 minutes'],
    ['stamped at the end of the minute', 871, 'end of the minute', 'take 1 minute'],
  ])('because its day is %s is named', (_name, firstMinute, wrong, fix) => {
    const error = refusal(() => readSessions(folder(...fullDay('2025-01-03', firstMinute)), ['AAPL'], [SESSION]));
    expect(error.message).toContain(wrong);
    expect(error.fix).toContain(fix);
  });

  it('is not one with a print after the close', () => {
    const { table } = read(...fullDay('2025-01-03', 870), 'AAPL,2025-01-03T21:00:00Z,1,1,1,1,1');
    expect(table.status.every((status) => status === PRESENT)).toBe(true);
  });

  it('is not one with hours before the open and after the close', () => {
    const { table, quarantine } = read(
      'AAPL,2025-01-03T09:00:00Z,1,1,1,1,1',
      GOOD,
      'AAPL,2025-01-03T22:00:00Z,1,1,1,1,1',
    );
    expect(table.status[0]).toBe(PRESENT);
    expect(quarantine.map(({ reason }) => reason)).toEqual(['out-of-session', 'out-of-session']);
  });
});

describe('the sessions of a file', () => {
  it('are its trading days in order', () => {
    const rows = [GOOD, GOOD.replace('01-03', '01-04'), GOOD.replace('01-03', '01-02')];
    expect(heldSessions(folder(...rows), 'AAPL')).toEqual([20250102, 20250103]);
  });
});
