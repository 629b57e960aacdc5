/**
 * A recorded month in which a run arms itself again and again: what it lost is its drawdown, and what the limit counted
 * is another number under another name, in the result and on the terminal.
 */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printRun } from '../../local/cli/shell/run-table.ts';
import { eachSession } from '../../shared/adapters/csv/bars-csv.ts';
import { sessionsBetween } from '../../shared/domain/calendar/calendar.ts';
import { runBacktest } from '../../shared/domain/run/backtest.ts';
import { hasSharedData, SHARED_DATA } from '../support/bars/shared-data.ts';
import { runConfig } from '../support/core/core.ts';
import { fakeTerminal } from '../support/stack/fake-terminal.ts';

const SYMBOLS = ['AAPL', 'MSFT'];

function january() {
  const dates = sessionsBetween(20250102, 20250131).map(({ date }) => date);
  const sessions = eachSession(join(SHARED_DATA, 'bars', '2025q1'), SYMBOLS, dates);
  const config = runConfig({ symbols: SYMBOLS, policy: 'random', rearm: 'session' });
  return runBacktest({ config, sessions, dailyBars: [] });
}

describe.skipIf(!hasSharedData)('January 2025 under the random policy, armed at each session', () => {
  const summary = hasSharedData ? january() : null;

  it('lost $695.86, which is its drawdown; against the limit it never fell further than $102.83', () => {
    expect(summary?.netPnlUsd).toBeCloseTo(-695.86, 2);
    expect(summary?.drawdownUsd).toBeCloseTo(695.86, 2);
    expect(summary?.maxDrawdownUsd).toBe(summary?.drawdownUsd);
    expect(summary?.limitDrawdownUsd).toBeCloseTo(102.83, 2);
    expect(summary?.rearms).toBe(6);
  });

  it('says both on the terminal, under their names', () => {
    const terminal = fakeTerminal();
    printRun(terminal, summary!);
    expect(terminal.data).toContain('largest drawdown  $695.86');
    expect(terminal.data).toContain('against the limit largest $102.83');
  });
});
