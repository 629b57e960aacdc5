/**
 * The claim the product rests on: a session through gateway, queues, SQL, handlers and runner gives the ledger hash of
 * the core alone. On generated days everywhere; on the recorded days where they are present.
 */

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RunOptions } from '../../../local/cli/options/run-options.ts';
import type { RunSummary } from '../../../shared/domain/run/run-tally.ts';
import { writeBarsFolder } from '../../support/bars/bars-folder.ts';
import { replay, runOptions, undisturbed } from '../../support/stack/replays.ts';

const SHARED_DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const HAS_SHARED_DATA = existsSync(SHARED_DATA);
const recorded = (set: string): string => join(SHARED_DATA, 'bars', set);
const DAILY = join(SHARED_DATA, 'daily-adjusted');

async function playBoth(options: RunOptions): Promise<{ replayed: RunSummary; backtest: RunSummary }> {
  const { summary } = await replay(options);
  return { replayed: summary, backtest: undisturbed(options) };
}

describe('a replay equals the backtest', () => {
  it('on a generated day with seeded hard and soft faults', async () => {
    const bars = writeBarsFolder({ symbols: ['AAPL', 'MSFT'], sessions: [20_250_103], seed: 11, faultRate: 0.05 });
    const { replayed, backtest } = await playBoth(runOptions({ bars, symbols: ['AAPL', 'MSFT'], date: 20_250_103 }));
    expect(replayed).toEqual(backtest);
    expect(replayed.fills).toBeGreaterThan(0);
    expect(replayed.bars).toBeLessThan(780);
    rmSync(bars, { recursive: true });
  });

  it('on three symbols over two sessions, one of them a half-day, under the random policy', async () => {
    const symbols = ['AAPL', 'MSFT', 'NVDA'];
    const bars = writeBarsFolder({ symbols, sessions: [20_241_129, 20_241_202], seed: 3 });
    const dates = { from: 20_241_129, to: 20_241_202, minutes: 240 };
    const { replayed, backtest } = await playBoth(
      runOptions({ bars, symbols, ...dates, policy: 'random', rearm: 'session' }),
    );
    expect(replayed).toEqual(backtest);
    expect(replayed.decisions).toBe(210 + 240);
    rmSync(bars, { recursive: true });
  });

  it('and another seed or fee table gives another hash', () => {
    const bars = writeBarsFolder({ symbols: ['AAPL', 'MSFT'], sessions: [20_250_103], seed: 11 });
    const options = runOptions({ bars, symbols: ['AAPL', 'MSFT'], date: 20_250_103 });
    const hashes = [options, { ...options, seed: 2 }, { ...options, fees: 'fixed' as const }].map(
      (each) => undisturbed(each).ledgerHash,
    );
    expect(new Set(hashes).size).toBe(3);
    rmSync(bars, { recursive: true });
  });

  const days = [
    { set: '2025q1', symbols: ['AAPL', 'MSFT'], date: 20_250_103 },
    { set: '2025may-mit-gappy', symbols: ['AAPL', 'NVDA'], date: 20_250_513 },
    { set: '2018', symbols: ['AAPL', 'MSFT'], date: 20_180_328 },
  ];
  describe.skipIf(!HAS_SHARED_DATA)('on recorded days in shared/data', () => {
    it.each(days)('$symbols on $date, profile basic', async ({ set, symbols, date }) => {
      const { replayed, backtest } = await playBoth(runOptions({ bars: recorded(set), symbols, date }));
      expect(replayed).toEqual(backtest);
    });

    it.each(days.slice(0, 2))('$symbols on $date, profile enhanced', async ({ set, symbols, date }) => {
      const options = runOptions({ bars: recorded(set), symbols, date, profile: 'enhanced', daily: DAILY });
      const { replayed, backtest } = await playBoth(options);
      expect(replayed).toEqual(backtest);
      expect(replayed.orders).toBeGreaterThan(0);
    });

    it('AAPL and MSFT on 20250103, policy random', async () => {
      const { set, symbols, date } = days[0]!;
      const { replayed, backtest } = await playBoth(
        runOptions({ bars: recorded(set), symbols, date, policy: 'random' }),
      );
      expect(replayed).toEqual(backtest);
    });
  });
});
