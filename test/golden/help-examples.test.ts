/**
 * The orders that the help names exist: in the run that `./jules start` plays without an option, or in the recorded day of
 * the other examples.
 */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../local/cli/program.ts';
import { eachSession } from '../../shared/adapters/csv/bars-csv.ts';
import { sessionOn } from '../../shared/domain/calendar/calendar.ts';
import { MarketGenerator } from '../../shared/domain/market/generator/market-generator.ts';
import { type BacktestInput, runBacktest } from '../../shared/domain/run/backtest.ts';
import { hasSharedData, SHARED_DATA } from '../support/bars/shared-data.ts';
import { runConfig } from '../support/core/core.ts';
import { fakeTerminal } from '../support/stack/fake-terminal.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const GENERATED = 20_260_105;
const RECORDED = 20_250_103;

async function examples(session: number): Promise<string[]> {
  const texts = await Promise.all([['--help'], ['why', '--help']].map(helpOf));
  return texts.join('\n').match(new RegExp(`\\b${session}-\\d{3}-[A-Z]+(-[NXP])?\\b`, 'g')) ?? [];
}

async function helpOf(args: string[]): Promise<string> {
  const terminal = fakeTerminal();
  await runCli(args, { terminal, env: {} });
  return terminal.data.join('\n');
}

/** Every reference of an order, and of the decision that made it. */
function ordersOf(sessions: BacktestInput['sessions']): ReadonlySet<string> {
  const orders: string[] = [];
  const onRow = (row: string): void => {
    const [kind, , , , , , orderRef = ''] = row.split(',');
    if (kind === 'O') orders.push(orderRef);
  };
  runBacktest({ config: runConfig({ symbols: SYMBOLS }), sessions, dailyBars: [], onRow });
  return new Set([...orders, ...orders.map((orderRef) => orderRef.slice(0, -2))]);
}

describe('the orders that the help names', () => {
  it('exist in the generated day that ./jules start begins with', async () => {
    const named = await examples(GENERATED);
    const session = sessionOn(GENERATED)!;
    const orders = ordersOf([{ session, table: new MarketGenerator({ symbols: SYMBOLS, seed: 1 }).session(session) }]);
    expect(named.length).toBeGreaterThanOrEqual(3);
    expect(named.filter((each) => !orders.has(each))).toEqual([]);
  });

  it.skipIf(!hasSharedData)('exist in the recorded day of the examples (shared/data)', async () => {
    const named = await examples(RECORDED);
    const orders = ordersOf([...eachSession(join(SHARED_DATA, 'bars/2025q1'), SYMBOLS, [RECORDED])]);
    expect(named.length).toBeGreaterThanOrEqual(1);
    expect(named.filter((each) => !orders.has(each))).toEqual([]);
  });
});
