/**
 * A run through gateway, queues, handlers and database is the core's run, whatever goes wrong on the way.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BacktestInput, runBacktest } from '../../../shared/domain/run/backtest.ts';
import { injectFaults } from '../../support/stack/fault-injector.ts';
import { MarketGenerator } from '../../../shared/domain/market/generator/market-generator.ts';
import { NEXT_SESSION, runConfig, SESSION } from '../../support/core/core.ts';
import { type MarketShape, runOn, SMALL_MARKET } from '../../support/core/core-markets.ts';
import { stagedRun } from '../../support/core/core-run.ts';
import { brokenEffects } from '../../support/trading/effects.ts';
import { type TradedRun, tradeRun } from '../../support/trading/trading.ts';
import type { TroubleRates } from '../../support/trading/trouble.ts';

const SYMBOLS = ['AAPL', 'MSFT'];

/** Each trouble alone, often enough that every minute meets it. */
const TROUBLES: { [Name in keyof TroubleRates]: number } = {
  kill: 0.03,
  database: 0.03,
  queue: 0.05,
  runner: 0.2,
  duplicate: 0.3,
  delay: 0.5,
};

const anyRates: fc.Arbitrary<TroubleRates> = fc.record({
  kill: fc.constantFrom(0, 0.005, 0.02),
  database: fc.constantFrom(0, 0.005, 0.02),
  queue: fc.constantFrom(0, 0.02),
  runner: fc.constantFrom(0, 0.05),
  duplicate: fc.constantFrom(0, 0.1),
  delay: fc.constantFrom(0, 0.2),
});

const anyShape: fc.Arbitrary<MarketShape> = fc.record({
  seed: fc.nat(0xffff_ffff),
  symbolCount: fc.integer({ min: 1, max: 3 }),
  sessionCount: fc.integer({ min: 1, max: 2 }),
  minutes: fc.constantFrom(4, 20, 45),
  priceE4: fc.constantFrom(1_000_000, 120_000, 9_900),
  moveBps: fc.constantFrom(8, 40, 150),
  volume: fc.constantFrom(60, 700, 20_000),
  gapRate: fc.constantFrom(0, 0.1),
  faultRate: fc.constantFrom(0, 0.1),
  together: fc.boolean(),
});

/** Two generated sessions with faults, as long as they are. */
function wholeDays(overrides: Parameters<typeof runConfig>[0]): BacktestInput {
  const generator = new MarketGenerator({ symbols: SYMBOLS, seed: 11 });
  const sessions = [SESSION, NEXT_SESSION].map((session) => ({
    session,
    table: injectFaults(generator.session(session), { seed: 3, rate: 0.03 }),
  }));
  return { config: runConfig({ symbols: SYMBOLS, ...overrides }), sessions, dailyBars: [] };
}

function outcomeOf(run: TradedRun, input: BacktestInput) {
  return { summary: run.summary, broken: brokenEffects(run, input) };
}

/** The core's run, with every effect once. */
function undisturbed(input: BacktestInput): ReturnType<typeof outcomeOf> {
  return { summary: runBacktest(input), broken: [] };
}

/** What each decision was made on, as risk stored it. */
function observationsOf(run: TradedRun): unknown[] {
  return run.database.tables.decisions.all().map(({ decision, signal }) => ({
    session: decision.session,
    minuteIndex: decision.minuteIndex,
    ready: signal?.ready,
    observation: signal?.observation,
  }));
}

describe('a run through the whole stack', () => {
  it('is the run of the core on two whole days with hard and soft faults', async () => {
    const input = wholeDays({ policy: 'rule' });
    const run = await tradeRun(input);
    expect(outcomeOf(run, input)).toEqual(undisturbed(input));
    expect(run.summary.decisions).toBe(780);
    // Messages of closed sessions are gone.
    expect(run.database.outbox).toEqual([]);
    expect(run.summary.fills).toBeGreaterThan(0);
    expect(run.database.tables.quality.size).toBeGreaterThan(20);
  });

  it.each([
    { symbolCount: 1, minutes: 60 },
    { symbolCount: 30, minutes: 20 },
    { symbolCount: 500, minutes: 6 },
  ])('is the run of the core with $symbolCount symbols', async ({ symbolCount, minutes }) => {
    const symbols = Array.from({ length: symbolCount }, (_, at) => `S${String(at).padStart(3, '0')}`);
    const table = new MarketGenerator({ symbols, seed: 11 }).session(SESSION);
    const config = runConfig({ symbols, minutesMax: minutes, policy: 'random', accountUsdE4: 500_000_000_000 });
    const input = { config, sessions: [{ session: SESSION, table }], dailyBars: [] };
    const run = await tradeRun(input);
    expect(outcomeOf(run, input)).toEqual(undisturbed(input));
    expect(run.summary).toMatchObject({ decisions: minutes, bars: minutes * symbolCount });
    expect(run.summary.fills).toBeGreaterThanOrEqual(symbolCount / 2);
  });

  it('tells both drawdowns of a run that has armed itself', async () => {
    const shape = { seed: 10, symbolCount: 2, sessionCount: 3, minutes: 40, priceE4: 1_000_000, moveBps: 150 };
    const calm = { volume: 20_000, gapRate: 0, faultRate: 0, together: true };
    const chosen = { policy: 'random', rearm: 'session', accountUsdE4: 100_000_000 } as const;
    const input = runOn({ ...shape, ...calm }, chosen);
    const run = await tradeRun(input);
    expect(outcomeOf(run, input)).toEqual(undisturbed(input));
    expect(run.summary.rearms).toBe(2);
    expect(run.summary.drawdownUsd).toBeGreaterThan(run.summary.limitDrawdownUsd);
  });

  it.each([
    { what: '$1', accountUsdE4: 10_000, isTrading: false },
    { what: '$50 M', accountUsdE4: 500_000_000_000, isTrading: true },
  ])('is the run of the core with an account of $what', async ({ accountUsdE4, isTrading }) => {
    const input = runOn(SMALL_MARKET, { policy: 'random', accountUsdE4 });
    const run = await tradeRun(input);
    expect(outcomeOf(run, input)).toEqual(undisturbed(input));
    expect(run.summary.fills > 0).toBe(isTrading);
    expect(run.summary.decisions).toBe(90);
  });

  it('gives the same ledger row by row', async () => {
    const input = runOn(SMALL_MARKET, { policy: 'random', profile: 'enhanced', rearm: 'session' });
    const rows: string[] = [];
    runBacktest({ ...input, onRow: (row) => void rows.push(row) });
    expect((await tradeRun(input)).rows).toEqual(rows);
  });

  it.each([
    { what: 'within sessions', shape: { ...SMALL_MARKET, minutes: 60 } },
    { what: 'with the usual volume of five past sessions', shape: { ...SMALL_MARKET, minutes: 8, sessionCount: 6 } },
  ])('shows each decision the observation that the core alone would have made, $what', async ({ shape }) => {
    const input = runOn(shape, { policy: 'random' });
    const expected = stagedRun(input).minutes.map(({ input: { session, minuteIndex, ready, observation } }) => ({
      session,
      minuteIndex,
      ready,
      observation,
    }));
    expect(observationsOf(await tradeRun(input))).toEqual(expected);
    const disturbed = await tradeRun(input, { seed: 5, rates: { kill: 0.02, database: 0.02 } });
    expect(disturbed.troubles.length).toBeGreaterThan(10);
    expect(observationsOf(disturbed)).toEqual(expected);
  });
});

describe('a run in a troubled world', () => {
  it.each(Object.entries(TROUBLES))('is undisturbed by one trouble alone: %s', async (name, rate) => {
    const input = runOn(SMALL_MARKET, { policy: 'random' });
    const run = await tradeRun(input, { seed: 2, rates: { [name]: rate } });
    expect(run.troubles.length).toBeGreaterThan(10);
    expect(outcomeOf(run, input)).toEqual(undisturbed(input));
  });

  it('is undisturbed by all of them, in any market', async () => {
    await fc.assert(
      fc.asyncProperty(anyShape, anyRates, fc.nat(1_000), async (shape, rates, seed) => {
        const input = runOn(shape, { policy: 'random', profile: shape.together ? 'enhanced' : 'basic' });
        expect(outcomeOf(await tradeRun(input, { rates, seed }), input)).toEqual(undisturbed(input));
      }),
      { numRuns: 20 },
    );
  });
});
