/**
 * The pure core on one thread, ledger hash on: throughput of the backtest, one cold session, growth with the ledger.
 */

import type { ProfileName } from '../../shared/domain/run/run-config.ts';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Bench } from 'tinybench';
import { type BacktestInput, runBacktest } from '../../shared/domain/run/backtest.ts';
import { sessionsBetween } from '../../shared/domain/calendar/calendar.ts';
import { MarketGenerator } from '../../shared/domain/market/generator/market-generator.ts';
import { runConfig } from '../support/core/core.ts';
import { atLeast, atMost, type Measurement, measurement } from './measure.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const MINUTES_PER_DAY = 390;
const MILLION_BARS_DAYS = 1_290;
const HUNDRED_THOUSAND_BARS_DAYS = 129;
const MANY_SYMBOLS = Array.from({ length: 30 }, (_, at) => `S${String(at).padStart(2, '0')}`);
const MILLION_BARS_OF_MANY_DAYS = 86;
const COLD_RUNS = 5;

export function tradingInput(symbols: readonly string[], days: number, profile: ProfileName): BacktestInput {
  const generator = new MarketGenerator({ symbols, seed: 1 });
  const sessions = sessionsBetween(20_200_102, 20_281_229).filter(({ minutes }) => minutes === MINUTES_PER_DAY);
  const config = runConfig({ symbols, profile, accountUsdE4: 10_000_000_000, rearm: 'session' });
  const used = sessions.slice(0, days).map((session) => ({ session, table: generator.session(session) }));
  return { config, sessions: used, dailyBars: [] };
}

export async function benchCore(): Promise<Measurement[]> {
  const input = tradingInput(SYMBOLS, MILLION_BARS_DAYS, 'bench');
  const few = { ...input, sessions: [...input.sessions].slice(0, HUNDRED_THOUSAND_BARS_DAYS) };
  const limited = tradingInput(SYMBOLS, MILLION_BARS_DAYS, 'basic');
  const wide = tradingInput(MANY_SYMBOLS, MILLION_BARS_OF_MANY_DAYS, 'bench');
  const rule = await throughput('rule policy, profile bench, 1M bars of 2 symbols', input, atLeast(3));
  const ruleFew = await throughput('rule policy, profile bench, 100k bars of 2 symbols', few);
  return [
    rule,
    await throughput('rule policy, profile bench, 1M bars of 30 symbols', wide, atLeast(3)),
    ruleFew,
    measurement('cost per bar, 1M bars against 100k', 'ratio', [ruleFew.value / rule.value], atMost(1.2)),
    await throughput(
      'every feature and observation, 1M bars of 2 symbols',
      { ...input, withFeatures: true },
      atLeast(1),
    ),
    await throughput('rule policy, profile basic, 1M bars of 2 symbols', limited),
    coldSession(),
  ];
}

async function throughput(name: string, input: BacktestInput, budget: Measurement['budget'] = null) {
  const minutes = [...input.sessions].length * MINUTES_PER_DAY;
  const bench = new Bench({ iterations: 5, time: 0, warmupIterations: 2, warmupTime: 0, retainSamples: true });
  bench.add(name, () => void runBacktest(input));
  await bench.run();
  const result = bench.tasks[0]?.result;
  if (result?.state !== 'completed') throw new Error(`the benchmark '${name}' did not complete`);
  const samples = result.latency.samples ?? [];
  const rates = samples.map((ms) => (minutes * input.config.symbols.length) / ms / 1_000);
  return measurement(name, 'M symbol-minutes/s', rates, budget);
}

/** In processes of their own, since the second session of a process is several times faster. */
function coldSession(): Measurement {
  const entry = fileURLToPath(new URL('cold-session.ts', import.meta.url));
  const runs = Array.from({ length: COLD_RUNS }, () => {
    const text = execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', entry], { encoding: 'utf8' });
    return Number(text);
  });
  return measurement('one session of 2 symbols, first in its process', 'ms', runs, atMost(25));
}
