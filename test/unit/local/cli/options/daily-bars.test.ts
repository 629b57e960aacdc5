/**
 * Daily bars of a run: a profile that limits value at risk is refused where there is not a single one.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { dailyBarsOf } from '../../../../../local/cli/options/daily-bars.ts';
import { EXIT_USAGE, Problem } from '../../../../../local/problem.ts';
import { CSV_HEADER, csvFolder, removeCsvFolders } from '../../../../support/bars/bar-files.ts';

afterAll(removeCsvFolders);

const SYMBOLS = ['AAPL'];
const EMPTY = csvFolder({ 'AAPL.csv': `${CSV_HEADER}\n` });
const ONE_DAY = csvFolder({ 'AAPL.csv': `${CSV_HEADER}\nAAPL,2025-01-02T00:00:00Z,1,1,1,1,1\n` });

function refusal(daily?: string): Problem {
  try {
    dailyBarsOf({ profile: 'enhanced', symbols: SYMBOLS, ...(daily !== undefined && { daily }) });
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
    expect(message).toContain('--daily is missing: profile enhanced');
    expect(fix).toContain('--daily DIR');
  });

  it('is one as well where the folder has files and no rows', () => {
    const { message, exitCode } = refusal(EMPTY);
    expect(exitCode).toBe(EXIT_USAGE);
    expect(message).toContain(`--daily: '${EMPTY}' holds no daily bar`);
  });
});

describe('a run that has what its profile reads', () => {
  it('gets its daily bars', () => {
    expect(dailyBarsOf({ profile: 'enhanced', symbols: SYMBOLS, daily: ONE_DAY })).toHaveLength(1);
  });

  it('needs none under basic', () => {
    expect(dailyBarsOf({ profile: 'basic', symbols: SYMBOLS })).toEqual([]);
  });
});
