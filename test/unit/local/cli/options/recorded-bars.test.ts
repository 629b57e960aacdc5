/**
 * Recorded bars of a command: checked early, refused with a fix.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { checkBars, problemOfCsv, sessionsHeld } from '../../../../../local/cli/options/recorded-bars.ts';
import { EXIT_FAILED, Problem } from '../../../../../local/problem.ts';
import { CSV_HEADER, csvFolder, removeCsvFolders } from '../../../../support/bars/bar-files.ts';

afterAll(removeCsvFolders);

function file(symbol: string, ...days: string[]): Record<string, string> {
  const rows = days.map((day) => `${symbol},${day}T14:30:00Z,1,1,1,1,1`);
  return { [`${symbol}.csv`]: [CSV_HEADER, ...rows].join('\n') };
}

const bars = csvFolder({
  ...file('AAPL', '2025-01-02', '2025-01-03', '2025-01-06'),
  ...file('MSFT', '2025-01-02', '2025-01-06'),
});

function problem(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('there was no problem');
}

describe('recorded bars of a command', () => {
  it('are played in the sessions of the range that any of the files holds', () => {
    const range = { from: 20250103, to: 20250131 };
    expect(sessionsHeld(bars, ['AAPL', 'MSFT'], range)).toEqual([20250103, 20250106]);
    expect(sessionsHeld(bars, ['MSFT'], range)).toEqual([20250106]);
  });

  it('say which dates there are where none was asked for', () => {
    const { message, fix, exitCode } = problem(() => sessionsHeld(bars, ['AAPL'], { from: 20250201, to: 20250203 }));
    expect(message).toContain('holds no session from 2025-02-01 to 2025-02-03');
    expect(fix).toContain('2025-01-02 to 2025-01-06');
    expect(exitCode).toBe(EXIT_FAILED);
  });

  it('are refused as a problem with its fix', () => {
    const { message, fix } = problem(() => checkBars({ bars, symbols: ['AAPL', 'NVDA'] }));
    expect(message).toContain('AAPL, MSFT');
    expect(fix).not.toBe('');
    expect(problem(() => sessionsHeld(bars, ['NVDA'], { from: 20250102, to: 20250103 })).exitCode).toBe(EXIT_FAILED);
  });

  it('leave other errors as they are', () => {
    const bug = new TypeError('a bug');
    expect(() =>
      problemOfCsv(() => {
        throw bug;
      }),
    ).toThrow(bug);
  });
});
