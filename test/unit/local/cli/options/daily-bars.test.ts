/**
 * Daily bars of a run: a profile that limits value at risk is refused where a symbol has none before the run's last session.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { dailyBarsOf } from '../../../../../local/cli/options/daily-bars.ts';
import { sessionsBetween } from '../../../../../shared/domain/calendar/calendar.ts';
import { formatSessionDate } from '../../../../../shared/domain/calendar/session-date.ts';
import { EXIT_USAGE, Problem } from '../../../../../local/problem.ts';
import { CSV_HEADER, csvFolder, removeCsvFolders } from '../../../../support/bars/bar-files.ts';

afterAll(removeCsvFolders);

const SYMBOLS = ['AAPL'];
const sessions = [20_250_103];
const EMPTY = csvFolder({ 'AAPL.csv': `${CSV_HEADER}\n` });
const ONE_DAY = csvFolder({ 'AAPL.csv': `${CSV_HEADER}\nAAPL,2025-01-02T00:00:00Z,1,1,1,1,1\n` });

function refusal(daily?: string, run: Partial<Parameters<typeof dailyBarsOf>[0]> = {}): Problem {
  try {
    dailyBarsOf({ profile: 'enhanced', symbols: SYMBOLS, sessions, ...run, ...(daily !== undefined && { daily }) });
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('enhanced without any daily bar', () => {
  it('is a wrong use of the command that names --daily', () => {
    const { message, fix, exitCode } = refusal();
    expect(exitCode).toBe(EXIT_USAGE);
    expect(message).toContain(
      '--daily is missing and there is no daily bar of AAPL before 2025-01-03: profile enhanced',
    );
    expect(fix).toContain('--daily DIR');
  });

  it('is one as well where the folder has files and no rows', () => {
    const { message, exitCode } = refusal(EMPTY);
    expect(exitCode).toBe(EXIT_USAGE);
    expect(message).toContain(`--daily: '${EMPTY}' holds no daily bar`);
  });
});

describe('enhanced with daily bars that a run cannot read', () => {
  it('is a wrong use where a symbol has no file', () => {
    const { message, exitCode } = refusal(ONE_DAY, { symbols: ['AAPL', 'MSFT'] });
    expect(exitCode).toBe(EXIT_USAGE);
    expect(message).toContain(`--daily: '${ONE_DAY}' holds no daily bar of MSFT before 2025-01-03`);
    expect(refusal(ONE_DAY, { symbols: ['AAPL', 'MSFT'], profile: 'basic' }).message).toContain('MSFT');
  });

  it('is a wrong use where all of them lie in its last session or after it', () => {
    const { message, exitCode } = refusal(ONE_DAY, { sessions: [20_250_102] });
    expect(exitCode).toBe(EXIT_USAGE);
    expect(message).toContain(`--daily: '${ONE_DAY}' holds no daily bar of AAPL before 2025-01-02`);
  });

  it('names the symbols that have none, and only those', () => {
    const daily = csvFolder({
      'AAPL.csv': `${CSV_HEADER}\nAAPL,2025-01-02T00:00:00Z,1,1,1,1,1\n`,
      'MSFT.csv': `${CSV_HEADER}\nMSFT,2025-01-03T00:00:00Z,1,1,1,1,1\n`,
    });
    const { message, exitCode } = refusal(daily, { symbols: ['AAPL', 'MSFT'] });
    expect(exitCode).toBe(EXIT_USAGE);
    expect(message).toContain('no daily bar of MSFT before 2025-01-03');
  });
});

describe('enhanced with a history that is too short', () => {
  const days = (count: number, last: number) =>
    sessionsBetween(20_230_103, last)
      .slice(-count)
      .map(({ date }) => `AAPL,${formatSessionDate(date)}T00:00:00Z,100,101,99,100,1000`);
  const warningsOf = (count: number, last = 20_250_102) => {
    const daily = csvFolder({ 'AAPL.csv': `${[CSV_HEADER, ...days(count, last)].join('\n')}\n` });
    return dailyBarsOf({ profile: 'enhanced', symbols: SYMBOLS, daily, sessions }).warnings;
  };

  it('warns with the symbol, how many there are, and how many are needed', () => {
    expect(warningsOf(249)).toEqual([
      'AAPL has 249 daily sessions before 2025-01-03, and 250 are needed: profile enhanced denies its entries with that history',
    ]);
    expect(warningsOf(250)).toEqual([]);
  });

  it('or too old warns with its end and the one that would do', () => {
    expect(warningsOf(260, 20_241_115)).toEqual([
      'the daily bars of AAPL before 2025-01-03 end on 2024-11-15, and one of 2024-12-26 or later is needed: ' +
        'profile enhanced denies its entries with that history',
    ]);
  });
});

describe('a run that has what its profile reads', () => {
  it('gets its daily bars', () => {
    expect(dailyBarsOf({ profile: 'enhanced', symbols: SYMBOLS, daily: ONE_DAY, sessions }).bars).toHaveLength(1);
  });

  it('needs none under basic', () => {
    expect(dailyBarsOf({ profile: 'basic', symbols: SYMBOLS, sessions })).toEqual({ bars: [], warnings: [] });
  });
});
