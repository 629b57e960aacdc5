/**
 * The profile for comparing engines against an engine of a few lines: same orders, same fills, same cash to 1e-4 USD.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runBacktest } from '../../../../shared/domain/run/backtest.ts';
import { sessionsBetween } from '../../../../shared/domain/calendar/calendar.ts';
import type { BarTable } from '../../../../shared/domain/market/bar-table.ts';
import { MarketGenerator } from '../../../../shared/domain/market/generator/market-generator.ts';
import { runConfig } from '../../../support/core/core.ts';

const ACCOUNT_E4 = 10_000_000_000;
const SHARES = 100;
const SYMBOLS = ['AAPL', 'MSFT', 'NVDA'];
const DAYS = sessionsBetween(20_250_102, 20_250_331);

interface Outcome {
  readonly orders: number;
  readonly cashE4: number;
}

/** Mean of 10 above mean of 30 at the close: 100 shares at the next open; else flat at the next open. */
function peer(tables: readonly BarTable[]): Outcome {
  let orders = 0;
  let cashE4 = ACCOUNT_E4;
  for (const table of tables) {
    for (let s = 0; s < table.symbolCount; s++) {
      let held = 0;
      for (let i = 0; i < table.minutes - 1; i++) {
        const closes = Array.from(table.closeE4.subarray(s * table.minutes, s * table.minutes + i + 1));
        const mean = (n: number): number => closes.slice(-n).reduce((sum, close) => sum + close, 0) / n;
        const wanted = i >= 29 && i <= table.minutes - 3 && mean(10) > mean(30) ? SHARES : 0;
        if (wanted === held) continue;
        const openE4 = table.openE4[s * table.minutes + i + 1]!;
        cashE4 -= (wanted - held) * openE4 + commissionE4(openE4 * SHARES);
        held = wanted;
        orders += 1;
      }
    }
  }
  return { orders, cashE4 };
}

/** min(1 % of value, max($1, $0.005 a share)). */
function commissionE4(valueE4: number): number {
  return Math.min(Math.ceil(valueE4 / 100), Math.max(10_000, SHARES * 50));
}

describe('the profile for comparing engines', () => {
  it('trades and ends like an engine of a few lines, over random markets', () => {
    const market = fc.record({
      seed: fc.nat(1_000_000),
      symbols: fc.subarray(SYMBOLS, { minLength: 1 }),
      first: fc.nat(DAYS.length - 3),
    });
    fc.assert(
      fc.property(market, ({ seed, symbols, first }) => {
        const generator = new MarketGenerator({ symbols, seed });
        const days = DAYS.slice(first, first + 2).map((session) => ({ session, table: generator.session(session) }));
        const config = runConfig({ symbols, profile: 'bench', accountUsdE4: ACCOUNT_E4, seed });
        const summary = runBacktest({ config, sessions: days, dailyBars: [] });
        const expected = peer(days.map(({ table }) => table));
        expect({ orders: summary.orders, equityUsd: summary.equityUsd }).toEqual({
          orders: expected.orders,
          equityUsd: expected.cashE4 / 10_000,
        });
      }),
      { numRuns: 25 },
    );
  });
});
