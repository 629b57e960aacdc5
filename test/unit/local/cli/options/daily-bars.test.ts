/**
 * Daily bars of a run: a profile that limits value at risk is refused where a symbol has none before the run's last session.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { dailyBarsOf } from '../../../../../local/cli/options/daily-bars.ts';
import { EXIT_USAGE, Problem } from '../../../../../local/problem.ts';
import { CSV_HEADER, csvFolder, removeCsvFolders } from '../../../../support/bars/bar-files.ts';

afterAll(removeCsvFolders);

const SYMBOLS = ['AAPL'];
const lastSession = 20_250_103;
const EMPTY = csvFolder({ 'AAPL.csv': `${CSV_HEADER}\n` });
const ONE_DAY = csvFolder({ 'AAPL.csv': `${CSV_HEADER}\nAAPL,2025-01-02T00:00:00Z,1,1,1,1,1\n` });

function refusal(daily?: string, run: Partial<Parameters<typeof dailyBarsOf>[0]> = {}): Problem {
  try {
    dailyBarsOf({ profile: 'enhanced', symbols: SYMBOLS, lastSession, ...run, ...(daily !== undefined && { daily }) });
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
  it('is a wrong use where all of them lie in its last session or after it', () => {
    const { message, exitCode } = refusal(ONE_DAY, { lastSession: 20_250_102 });
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

describe('a run that has what its profile reads', () => {
  it('gets its daily bars', () => {
    expect(dailyBarsOf({ profile: 'enhanced', symbols: SYMBOLS, daily: ONE_DAY, lastSession })).toHaveLength(1);
  });

  it('needs none under basic', () => {
    expect(dailyBarsOf({ profile: 'basic', symbols: SYMBOLS, lastSession })).toEqual([]);
  });
});
