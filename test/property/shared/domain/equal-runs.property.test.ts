/**
 * One run, several paths: the core's own loop, its stages wired by hand through policy inputs and stored rows, and
 * the same with a risk stage that is rebuilt from its snapshot after every minute, all give one hash.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BacktestInput, runBacktest } from '../../../../shared/domain/run/backtest.ts';
import { anyRun } from '../../../support/core/core-markets.ts';
import { stagedRun } from '../../../support/core/core-run.ts';

function backtest(input: BacktestInput, withFeatures = false) {
  const rows: string[] = [];
  const summary = runBacktest({ ...input, withFeatures, onRow: (row) => void rows.push(row) });
  return { summary, rows };
}

describe('any run', () => {
  it('derived from its stored rows alone is the run of the core: rows, sums and hash', () => {
    fc.assert(
      fc.property(anyRun, (input) => {
        const { summary, rows } = stagedRun(input);
        expect({ summary, rows }).toEqual(backtest(input));
      }),
      { numRuns: 60 },
    );
  });

  it('goes on the same when risk restarts from its snapshot after every minute', () => {
    fc.assert(
      fc.property(anyRun, (input) => {
        const { summary, rows } = stagedRun(input, { restoreEachMinute: true });
        expect({ summary, rows }).toEqual(backtest(input));
      }),
      { numRuns: 40 },
    );
  });

  it('is the same a second time, with or without features', () => {
    fc.assert(
      fc.property(anyRun, (input) => {
        const first = backtest(input);
        expect(backtest(input)).toEqual(first);
        expect(backtest(input, true)).toEqual(first);
      }),
      { numRuns: 30 },
    );
  });
});
