/**
 * A market of its own: sessions of 1-minute bars as a pure function of seed, symbol and date.
 *
 * Busy and restless at the open and the close, volatility in clusters, symbols that move together, overnight gaps,
 * prices in cents, OHLC from a path inside each minute; no missing bar and no fault. A symbol's bars do not depend on
 * the other symbols of the run. Source: docs/decisions/0007-market-generator.md
 */

import type { Session } from '../../calendar/calendar.ts';
import { BarTable } from '../bar-table.ts';
import { PRESENT } from '../frame.ts';
import { CounterNoise } from './counter-noise.ts';
import {
  DailyWalk,
  type FactorShares,
  factorShares,
  MARKET_KEY,
  SECTOR_KEY,
  type WalkDay,
  weekdayNumber,
} from './daily-walk.ts';
import { volatilityCurve, volumeCurve } from './diurnal.ts';
import { exactExp } from './exact-math.ts';
import { type SymbolTraits, symbolTraits } from './symbol-traits.ts';

/** Changes with every change of a bar that the same seed, symbol and date give. */
export const GENERATOR_VERSION = 1;

const TICK_E4 = 100;
const STEPS_PER_MINUTE = 12;
const DRAW = { step: 11, cluster: 12, burst: 13, volume: 14, day: 15 } as const;

/** Volatility clusters: a slow wave of the logarithm, and single minutes of several times the usual size. */
const CLUSTER_MEMORY = 0.96;
const CLUSTER_SIGMA = 0.33;
const BURST_CHANCE = 0.012;
const BURST_FACTOR = 2.8;

/** Volume follows the size of the move, and has noise of its own. */
const VOLUME_AT_REST = 0.62;
const VOLUME_PER_MOVE = 0.45;
const VOLUME_MOVE_MAX = 4;
const VOLUME_NOISE = 0.27;
const VOLUME_DAY_NOISE = 0.2;
const VOLUME_MIN = 100;

export interface MarketGeneratorOptions {
  readonly symbols: readonly string[];
  readonly seed: number;
}

interface Curves {
  readonly volatility: Float64Array;
  readonly volume: Float64Array;
}

/** What all symbols of a session share. */
interface SessionDraws {
  readonly weekday: number;
  readonly minutes: number;
  readonly curves: Curves;
  readonly shares: FactorShares;
  readonly market: Float64Array;
  readonly sectors: ReadonlyMap<number, Float64Array>;
}

export class MarketGenerator {
  readonly #seed: number;
  readonly #traits: readonly SymbolTraits[];
  readonly #walks: readonly DailyWalk[];
  readonly #curves = new Map<number, Curves>();

  constructor({ symbols, seed }: MarketGeneratorOptions) {
    this.#seed = seed;
    this.#traits = symbols.map(symbolTraits);
    this.#walks = this.#traits.map((traits) => new DailyWalk(seed, traits));
  }

  /** The same table for the same session, whatever was asked for before. */
  session(session: Session): BarTable {
    const table = new BarTable(this.#traits.length, session.minutes);
    const draws = this.#drawSession(session);
    for (const [index, traits] of this.#traits.entries()) {
      const day = this.#walks[index]!.dayOf(session.date);
      const steps = this.#returns(traits, day, draws);
      fillPrices(table, index, { steps, openUsd: traits.referenceUsd * exactExp(day.openLog) });
      this.#fillVolumes(table, index, { traits, day, draws, steps });
    }
    return table;
  }

  #drawSession({ date, minutes }: Session): SessionDraws {
    const weekday = weekdayNumber(date);
    const sectors = new Map<number, Float64Array>();
    for (const { sector } of this.#traits) {
      if (!sectors.has(sector)) sectors.set(sector, this.#factor(SECTOR_KEY + sector, weekday, minutes));
    }
    return {
      weekday,
      minutes,
      curves: this.#curvesOf(minutes),
      shares: factorShares(this.#seed, weekday),
      market: this.#factor(MARKET_KEY, weekday, minutes),
      sectors,
    };
  }

  /** Returns of one source of moves, step by step: mean 0, variance 1 a step, in clusters. */
  #factor(key: number, weekday: number, minutes: number): Float64Array {
    const noise = new CounterNoise(this.#seed, key, weekday, DRAW.step);
    const cluster = new CounterNoise(this.#seed, key, weekday, DRAW.cluster);
    const burst = new CounterNoise(this.#seed, key, weekday, DRAW.burst);
    const steps = new Float64Array(minutes * STEPS_PER_MINUTE);
    const shock = CLUSTER_SIGMA * Math.sqrt(1 - CLUSTER_MEMORY * CLUSTER_MEMORY);
    let wave = CLUSTER_SIGMA * cluster.normal(minutes);
    for (let minute = 0, at = 0; minute < minutes; minute++) {
      wave = CLUSTER_MEMORY * wave + shock * cluster.normal(minute);
      // Minus the variance: the mean of the squared factor is then 1.
      const calm = exactExp(wave - CLUSTER_SIGMA * CLUSTER_SIGMA);
      const scale = burst.uniform(minute) < BURST_CHANCE ? calm * BURST_FACTOR : calm;
      for (const end = at + STEPS_PER_MINUTE; at < end; at++) steps[at] = scale * noise.normal(at);
    }
    return steps;
  }

  /** Log returns of a symbol, step by step, bent so that they end at the day's close. */
  #returns(traits: SymbolTraits, day: WalkDay, draws: SessionDraws): Float64Array {
    const { weekday, minutes, shares, market, curves } = draws;
    const sector = draws.sectors.get(traits.sector)!;
    const steps = this.#factor(traits.key, weekday, minutes);
    const [ofMarket, ofSector, own] = [Math.sqrt(shares.market), Math.sqrt(shares.sector), Math.sqrt(shares.own)];
    const perStep = day.intradaySigma / Math.sqrt(STEPS_PER_MINUTE);
    let total = 0;
    for (let at = 0; at < steps.length; at++) {
      const scale = perStep * curves.volatility[Math.floor(at / STEPS_PER_MINUTE)]!;
      const move = scale * (ofMarket * market[at]! + ofSector * sector[at]! + own * steps[at]!);
      steps[at] = move;
      total += move;
    }
    const missing = (day.closeLog - day.openLog - total) / STEPS_PER_MINUTE;
    for (let at = 0; at < steps.length; at++) {
      const share = curves.volatility[Math.floor(at / STEPS_PER_MINUTE)]!;
      steps[at] = steps[at]! + missing * share * share;
    }
    return steps;
  }

  #fillVolumes(
    table: BarTable,
    index: number,
    { traits, day, draws, steps }: { traits: SymbolTraits; day: WalkDay; draws: SessionDraws; steps: Float64Array },
  ): void {
    const { weekday, minutes, curves } = draws;
    const noise = new CounterNoise(this.#seed, traits.key, weekday, DRAW.volume);
    const ofDay = new CounterNoise(this.#seed, traits.key, weekday, DRAW.day).normal(0);
    const shares = traits.sharesPerDay * exactExp(day.regimeLog + VOLUME_DAY_NOISE * ofDay);
    for (let minute = 0; minute < minutes; minute++) {
      const usual = day.intradaySigma * curves.volatility[minute]!;
      const size = Math.min(VOLUME_MOVE_MAX, Math.abs(moveOf(steps, minute)) / usual);
      const ofMinute = exactExp(VOLUME_NOISE * noise.normal(minute)) * (VOLUME_AT_REST + VOLUME_PER_MOVE * size);
      const volume = Math.round(shares * curves.volume[minute]! * ofMinute);
      table.volume[index * minutes + minute] = Math.max(VOLUME_MIN, volume);
    }
  }

  #curvesOf(minutes: number): Curves {
    const known = this.#curves.get(minutes);
    if (known !== undefined) return known;
    const curves = { volatility: volatilityCurve(minutes), volume: volumeCurve(minutes) };
    this.#curves.set(minutes, curves);
    return curves;
  }
}

/** Bars from the path: the first step of a minute is its open, the last its close, every price in whole cents. */
function fillPrices(table: BarTable, index: number, path: { steps: Float64Array; openUsd: number }): void {
  const { minutes } = table;
  let price = path.openUsd;
  for (let minute = 0, step = 0; minute < minutes; minute++) {
    const at = index * minutes + minute;
    const openE4 = toTickE4(price);
    let highE4 = openE4;
    let lowE4 = openE4;
    let closeE4 = openE4;
    for (const end = step + STEPS_PER_MINUTE; step < end; step++) {
      price = moved(price, path.steps[step]!);
      closeE4 = toTickE4(price);
      if (closeE4 > highE4) highE4 = closeE4;
      if (closeE4 < lowE4) lowE4 = closeE4;
    }
    table.status[at] = PRESENT;
    table.openE4[at] = openE4;
    table.highE4[at] = highE4;
    table.lowE4[at] = lowE4;
    table.closeE4[at] = closeE4;
  }
}

/** The price after a small log return: the first terms of its exponential, exact to 1e-12 at these sizes. */
function moved(price: number, logReturn: number): number {
  return price * (1 + logReturn * (1 + logReturn * (0.5 + logReturn / 6)));
}

/** A market price is never below one cent. */
function toTickE4(priceUsd: number): number {
  return Math.max(1, Math.round(priceUsd * 100)) * TICK_E4;
}

function moveOf(steps: Float64Array, minute: number): number {
  let sum = 0;
  for (let at = minute * STEPS_PER_MINUTE, end = at + STEPS_PER_MINUTE; at < end; at++) sum += steps[at]!;
  return sum;
}
