/**
 * The pure core on one thread, ledger hash on: throughput of the backtest, one cold session, growth with the ledger.
 */

import type { ProfileName } from '../../shared/domain/profile/profile.ts';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Bench } from 'tinybench';
import { type BacktestInput, runBacktest } from '../../shared/domain/run/backtest.ts';
import { sessionsBetween } from '../../shared/domain/calendar/calendar.ts';
import { MinuteFrame } from '../../shared/domain/market/frame.ts';
import { counterHash, symbolHash } from '../../shared/domain/policy/counter-hash.ts';
import { SessionCore } from '../../shared/domain/run/session-core.ts';
import { MarketGenerator } from '../../shared/domain/market/generator/market-generator.ts';
import { runConfig } from '../support/core/core.ts';
import { atLeast, atMost, type Measurement, measurement } from './measure.ts';
import { benchVarHistory } from './var-history.ts';

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
    await throughput('rule policy, profile bench, 1M bars of 30 symbols', wide, atLeast(4.2)),
    ruleFew,
    measurement('cost per bar, 1M bars against 100k', 'ratio', [ruleFew.value / rule.value], atMost(1.2)),
    await throughput(
      'every feature and observation, 1M bars of 2 symbols',
      { ...input, withFeatures: true },
      atLeast(1),
    ),
    await throughput('rule policy, profile basic, 1M bars of 2 symbols', limited, atLeast(2.2)),
    await injectedActions(input),
    coldSession(),
    ...benchVarHistory(),
  ];
}

function throughput(name: string, input: BacktestInput, budget: Measurement['budget'] = null) {
  return rated(name, input, budget, () => void runBacktest(input));
}

async function rated(
  name: string,
  input: Pick<BacktestInput, 'config' | 'sessions'>,
  budget: Measurement['budget'],
  run: () => void,
): Promise<Measurement> {
  const minutes = [...input.sessions].length * MINUTES_PER_DAY;
  const bench = new Bench({ iterations: 5, time: 0, warmupIterations: 2, warmupTime: 0, retainSamples: true });
  bench.add(name, run);
  await bench.run();
  const result = bench.tasks[0]?.result;
  if (result?.state !== 'completed') throw new Error(`the benchmark '${name}' did not complete`);
  const samples = result.latency.samples ?? [];
  const rates = samples.map((ms) => (minutes * input.config.symbols.length) / ms / 1_000);
  return measurement(name, 'M symbol-minutes/s', rates, budget);
}

/** What an RL environment does: actions from outside at random, every observation, nothing kept. */
async function injectedActions({ config, sessions }: BacktestInput): Promise<Measurement> {
  const core = new SessionCore({ config, withFeatures: true, withLedger: false });
  const frame = new MinuteFrame(config.symbols.length);
  const chance = randomActions(config.symbols);
  return rated(
    'core with injected actions, no ledger, 1M bars of 2 symbols',
    { config, sessions },
    atLeast(1.5),
    () => {
      for (const { session, table } of sessions) {
        core.reset({ session, minutes: MINUTES_PER_DAY, minuteIndex: 0, history: null }, table);
        for (let i = 0; i < MINUTES_PER_DAY; i++) {
          table.readMinute(i, frame);
          core.observe(i, frame);
          core.act(chance[i]!);
        }
      }
    },
  );
}

/** Drawn once: what is measured is the core. */
function randomActions(symbols: readonly string[]): Uint8Array[] {
  return Array.from({ length: MINUTES_PER_DAY }, (_, minuteIndex) =>
    Uint8Array.from(symbols, (symbol) => counterHash({ seed: 1, session: 0, minuteIndex }, symbolHash(symbol)) % 3),
  );
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
