/**
 * One generated day through the core: the same trades, P&L and ledger hash as ever, under each policy and profile.
 */

import { describe, expect, it } from 'vitest';
import { type BacktestInput, runBacktest } from '../../shared/domain/run/backtest.ts';
import { sessionOn, sessionsBetween } from '../../shared/domain/calendar/calendar.ts';
import { MarketGenerator } from '../../shared/domain/market/generator/market-generator.ts';
import { runConfig } from '../support/core/core.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const SESSION = sessionOn(20260105)!;
const TABLE = new MarketGenerator({ symbols: SYMBOLS, seed: 1 }).session(SESSION);
/** A saw of 1 % either way: enough history for value at risk. */
const DAILY = sessionsBetween(20240901, 20260105).flatMap(({ date }, at) =>
  SYMBOLS.map((symbol, s) => {
    const closeE4 = 990_000 + ((at * 37 + s * 11) % 41) * 500;
    return { symbol, session: date, openE4: 1_000_000, closeE4 };
  }),
);

function dayOf(chosen: Parameters<typeof runConfig>[0]) {
  const rows: string[] = [];
  const input: BacktestInput = {
    config: runConfig({ symbols: SYMBOLS, ...chosen }),
    sessions: [{ session: SESSION, table: TABLE }],
    dailyBars: DAILY,
  };
  return { ...runBacktest({ ...input, onRow: (row) => void rows.push(row) }), rows };
}

/** Time, side, quantity, symbol, price and all fees of a fill row. */
function tradeOf(row: string): string {
  const [, eventMs, symbol, , , side, , quantity, priceE4, ...fees] = row.split(',');
  const time = new Date(Number(eventMs)).toISOString().slice(11, 19);
  return [time, side, quantity, symbol, priceE4, fees.reduce((sum, fee) => sum + Number(fee), 0)].join(' ');
}

// Whoever changes these changes what a stored run means: say so in the changelog, and where a row or a ruling changed
// its meaning, take a new version of the ledger (docs/decisions/0005-ledger-hash.md). Against JL1 the rows of these days
// differ in the price of every protective stop and in nothing else (docs/decisions/0022-costs-turns-and-positions.md).
describe('a generated day', () => {
  it('under the rule policy has the trades it always had', () => {
    const { rows } = dayOf({});
    expect(rows.filter((row) => row.startsWith('F,')).map(tradeOf)).toEqual([
      '15:00:00 BUY 4 AAPL 2395800 3620',
      '15:00:00 BUY 2 MSFT 4086700 3560',
      '15:02:00 SELL 2 MSFT 4089900 3564',
      '15:08:00 SELL 4 AAPL 2396900 3628',
      '15:20:00 BUY 4 AAPL 2403900 3620',
      '15:32:00 SELL 4 AAPL 2386200 3628',
      '15:59:00 BUY 2 MSFT 4055900 3560',
      '16:04:00 SELL 2 MSFT 4058500 3564',
      '16:08:00 BUY 2 MSFT 4063200 3560',
      '16:11:00 BUY 4 AAPL 2388300 3620',
      '16:48:00 SELL 4 AAPL 2389300 3628',
      '17:08:00 BUY 4 AAPL 2390300 3620',
      '17:13:00 SELL 4 AAPL 2385800 3628',
      '17:17:00 SELL 2 MSFT 4068900 3564',
      '17:28:00 BUY 4 AAPL 2390100 3620',
      '17:32:00 BUY 2 MSFT 4077500 3560',
      '17:55:00 SELL 4 AAPL 2390700 3628',
      '17:55:00 SELL 2 MSFT 4077500 3564',
      '18:24:00 BUY 4 AAPL 2384500 3620',
      '18:26:00 SELL 4 AAPL 2380900 3628',
      '18:36:00 BUY 4 AAPL 2382300 3620',
      '18:41:00 SELL 4 AAPL 2385500 3628',
      '18:45:00 BUY 4 AAPL 2386200 3620',
      '18:51:00 SELL 4 AAPL 2382100 3628',
      '19:09:00 BUY 2 MSFT 4067000 3560',
      '19:16:00 BUY 4 AAPL 2382800 3620',
      '19:49:00 SELL 4 AAPL 2386400 3628',
      '19:58:00 BUY 4 AAPL 2389700 3620',
      '20:10:00 SELL 4 AAPL 2383500 3628',
      '20:13:00 SELL 2 MSFT 4093100 3564',
      '20:44:00 BUY 4 AAPL 2388200 3620',
      '20:46:00 BUY 2 MSFT 4088100 3560',
      '20:59:00 SELL 4 AAPL 2389800 3628',
      '20:59:00 SELL 2 MSFT 4102200 3564',
    ]);
  });

  it.each([
    [
      'rule',
      'basic',
      'tiered',
      34,
      0,
      0.34,
      12.2472,
      2488.0928,
      '83c8d550386b032001369bdb6d9f7e7b5d919e171578e6e6c5774f881fee7c34',
    ],
    [
      'random',
      'basic',
      'tiered',
      84,
      190,
      -20.38,
      30.1812,
      2449.4388,
      'bd0aea34a8fbc91d86b4d74fac86714949fafcf5606d4888a8a5452f2af48119',
    ],
    [
      'random',
      'enhanced',
      'fixed',
      38,
      232,
      -12.34,
      38.0112,
      2449.6488,
      'ca5cfb810f91f93964adc75489142ef706450c84979f5f5d5fbecc7c738c1eb0',
    ],
    [
      'rule',
      'bench',
      'tiered',
      34,
      0,
      347,
      34,
      2813,
      'a7b42d5f293ed43a0ca5c4a2d83e5b7051497334dbc723bb786b5fec06062d4f',
    ],
  ] as const)(
    'under %s, %s and %s has the orders, P&L and hash it always had',
    (policy, profile, fees, orders, reducing, grossPnlUsd, feesUsd, equityUsd, ledgerHash) => {
      const { rows: _rows, ...summary } = dayOf({ policy, profile, fees });
      const denials = reducing === 0 ? {} : { STATE_REDUCING: reducing };
      expect(summary).toMatchObject({
        decisions: 390,
        orders,
        fills: orders,
        denials,
        grossPnlUsd,
        feesUsd,
        equityUsd,
      });
      expect(summary.ledgerHash).toBe(ledgerHash);
    },
  );
});
