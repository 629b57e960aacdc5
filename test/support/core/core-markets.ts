/**
 * Random markets for properties of the core: several symbols and sessions with gaps, faults, jumps, thin volume,
 * prices from under a dollar to above the notional limit.
 *
 * A market is a handful of numbers and a seed, so that a counterexample shrinks to few symbols and minutes.
 */

import fc from 'fast-check';
import type { BacktestInput } from '../../../shared/domain/run/backtest.ts';
import { sessionsBetween } from '../../../shared/domain/calendar/calendar.ts';
import type { BarTable } from '../../../shared/domain/market/bar-table.ts';
import { FAULT } from '../../../shared/domain/quality/faults.ts';
import type { DailyReturnRow } from '../../../shared/domain/risk/var.ts';
import { POLICY_NAMES } from '../../../shared/domain/policy/registry.ts';
import { type Bar, bar, runConfig, tableOf } from './core.ts';
import { seededRandom } from './seeded-random.ts';

const SYMBOLS = ['AAPL', 'BRK.B', 'MSFT', 'NVDA'];
const SESSIONS = sessionsBetween(20250102, 20250110);
const DAILY_DATES = sessionsBetween(20231101, 20250110).map(({ date }) => date);
/** Sessions before the first of a run. */
const BEFORE_THE_RUN = DAILY_DATES.indexOf(20250102);
const DAILY_ROWS = 270;

export interface MarketShape {
  readonly seed: number;
  readonly symbolCount: number;
  readonly sessionCount: number;
  readonly minutes: number;
  readonly priceE4: number;
  /** Size of a typical move of one minute. */
  readonly moveBps: number;
  readonly volume: number;
  readonly gapRate: number;
  readonly faultRate: number;
  /** All symbols move as one. */
  readonly together: boolean;
}

/** Two short sessions with some of everything that goes wrong in a market. */
export const SMALL_MARKET: MarketShape = {
  seed: 7,
  symbolCount: 2,
  sessionCount: 2,
  minutes: 45,
  priceE4: 1_000_000,
  moveBps: 40,
  volume: 20_000,
  gapRate: 0.03,
  faultRate: 0.05,
  together: false,
};

const marketShape: fc.Arbitrary<MarketShape> = fc.record({
  seed: fc.nat(0xffff_ffff),
  symbolCount: fc.integer({ min: 1, max: SYMBOLS.length }),
  sessionCount: fc.integer({ min: 1, max: 2 }),
  minutes: fc.integer({ min: 1, max: 110 }),
  priceE4: fc.constantFrom(1_000_000, 2_435_500, 120_000, 9_900, 23_400, 4_000_000, 9_970_000, 12_000_000),
  moveBps: fc.constantFrom(8, 0, 2, 40, 150),
  volume: fc.constantFrom(20_000, 60, 700, 3_000_000),
  gapRate: fc.constantFrom(0, 0.03, 0.3),
  faultRate: fc.constantFrom(0, 0.02, 0.15),
  together: fc.boolean(),
});

/** A whole run over a random market: any policy, profile, fee table, account and way to re-arm. */
export const anyRun: fc.Arbitrary<BacktestInput> = fc
  .record({
    shape: marketShape,
    policy: fc.constantFrom(...POLICY_NAMES),
    profile: fc.constantFrom('basic' as const, 'enhanced' as const),
    fees: fc.constantFrom('tiered' as const, 'fixed' as const),
    // $2,500 and its like, and from $1 to $50 M.
    accountUsdE4: fc.constantFrom(25_000_000, 12_340_000, 3_000_000, 1_000_000_000, 10_000, 500_000_000_000),
    rearm: fc.constantFrom('manual' as const, 'session' as const),
    seed: fc.nat(1_000),
  })
  .map(({ shape, ...chosen }) => runOn(shape, chosen));

/** The same under any profile, `bench` included. */
export function runOn(shape: MarketShape, chosen: Parameters<typeof runConfig>[0]): BacktestInput {
  const symbols = SYMBOLS.slice(0, shape.symbolCount);
  const sessions = SESSIONS.slice(0, shape.sessionCount);
  return {
    config: runConfig({ symbols, minutesMax: shape.minutes, ...chosen }),
    sessions: sessions.map((session, day) => ({ session, table: randomTable({ ...shape, seed: shape.seed + day }) })),
    dailyBars: symbols.flatMap((symbol, s) => randomDailyBars(symbol, shape.seed + s)),
  };
}

export function randomTable(shape: Omit<MarketShape, 'sessionCount'>): BarTable {
  const random = seededRandom(shape.seed);
  const common = Array.from({ length: shape.minutes }, () => random() - 0.5);
  const symbols = Array.from({ length: shape.symbolCount }, () => randomBars(shape, common, random));
  return tableOf(symbols);
}

function randomBars(shape: Omit<MarketShape, 'sessionCount'>, common: readonly number[], random: () => number) {
  const bars: (Bar | null)[] = [];
  let closeE4 = Math.max(100, Math.round(shape.priceE4 * (0.7 + 0.6 * random())));
  for (let minute = 0; minute < shape.minutes; minute++) {
    const move = (part: number): number => Math.max(100, Math.round(closeE4 * (1 + (part * shape.moveBps) / 2_500)));
    const openE4 = move((random() - 0.5) / 2);
    closeE4 = move(shape.together ? common[minute]! : random() - 0.5);
    const reach = Math.round((random() * openE4 * shape.moveBps) / 10_000);
    const made = bar({
      openE4,
      closeE4,
      highE4: Math.max(openE4, closeE4) + reach,
      lowE4: Math.max(1, Math.min(openE4, closeE4) - reach),
      volume: Math.round(shape.volume * (0.2 + 2 * random())),
    });
    const before = bars.at(-1) ?? made;
    const faulty = random() < shape.faultRate ? spoil(made, before, random) : made;
    bars.push(random() < shape.gapRate ? null : faulty);
  }
  return bars;
}

const SPOILS: readonly ((made: Bar, before: Bar) => Bar)[] = [
  (made) => ({ ...made, closeE4: Number.NaN }),
  (made) => ({ ...made, openE4: -made.openE4 }),
  (made) => ({ ...made, lowE4: 0 }),
  (made) => ({ ...made, highE4: made.highE4 + 0.5 }),
  (made) => ({ ...made, lowE4: made.highE4 + 100 }),
  (made) => bar({ openE4: made.openE4 * 3, volume: made.volume }),
  (made) => bar({ openE4: Math.ceil(made.openE4 / 2), volume: made.volume }),
  (made) => ({ ...made, faults: FAULT.DUPLICATE_CONFLICT }),
  (made) => ({ ...made, faults: FAULT.OUT_OF_SESSION }),
  (made) => ({ ...made, volume: 0 }),
  (made) => ({ ...made, volume: -5 }),
  (made) => ({ ...made, volume: 10.5 }),
  (made) => ({ ...made, volume: Number.NaN }),
  (made) => ({ ...made, volume: made.volume * 1_000 }),
  (_made, before) => before,
];

function spoil(made: Bar, before: Bar, random: () => number): Bar {
  return SPOILS[Math.floor(random() * SPOILS.length)]!(made, before);
}

/** Up to 270 sessions before the run: now and then a symbol is short of what VaR wants, or ends too early for it. */
function randomDailyBars(symbol: string, seed: number): DailyReturnRow[] {
  const random = seededRandom(seed ^ 0x5eed);
  const count = random() < 0.15 ? 249 : DAILY_ROWS;
  const spread = random() < 0.3 ? 0.2 : 0.03;
  const end = BEFORE_THE_RUN - (random() < 0.15 ? 6 : Math.floor(random() * 5));
  return DAILY_DATES.slice(end - count, end).map((session) => {
    const openE4 = 1_000_000;
    return { symbol, session, openE4, closeE4: Math.round(openE4 * (1 + spread * (random() - 0.5))) };
  });
}
