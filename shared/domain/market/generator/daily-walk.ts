/**
 * The days behind the minutes: where each weekday opens and closes, and how restless it is.
 *
 * Walks forward once from a fixed date, so a day depends on nothing but the seed, the symbol and its date. Levels
 * return slowly to their reference: the market can run for twenty years without leaving the range of real prices.
 */

import { dayOfDate, type SessionDate } from '../../calendar/session-date.ts';
import { CounterNoise } from './counter-noise.ts';
import { exactExp } from './exact-math.ts';
import type { SymbolTraits } from './symbol-traits.ts';

/** One weekday of one symbol. Logarithms are relative to the reference price. */
export interface WalkDay {
  readonly openLog: number;
  readonly closeLog: number;
  /** Standard deviation of the return from open to close on this day. */
  readonly intradaySigma: number;
  /** Restlessness of the day against an average one, as a logarithm. */
  readonly regimeLog: number;
}

/** Share of the variance that the whole market, and the sector, explain on a day; the rest is the symbol's own. */
export interface FactorShares {
  readonly market: number;
  readonly sector: number;
  readonly own: number;
}

export const MARKET_KEY = 0x6d61726b;
export const SECTOR_KEY = 0x73656374;

/** Daily draws of one key: counter = weekday * DRAWS + draw. */
const DRAW = { overnight: 0, intraday: 1, regime: 2, news: 3, share: 4 } as const;
const DRAWS = 8;
/** Sets the daily streams apart from those inside the day. */
const DAILY = 1;
/** Friday 2010-01-01: the calendar begins on the Monday after. */
const FIRST_WEEKDAY = weekdayNumber(20_100_101);
/** A deviation from the reference halves in about 70 sessions. */
const LEVEL_MEMORY = 0.99;
const REGIME_MEMORY = 0.97;
const REGIME_STEP = 0.045;
const MARKET_SHARE_MIN = 0.15;
const MARKET_SHARE_SPAN = 0.5;
const SECTOR_SHARE = 0.1;
/** News breaks overnight: now and then a gap is several times as wide. */
const NEWS_CHANCE = 0.03;
const NEWS_FACTOR = 2.5;

export class DailyWalk {
  readonly #traits: SymbolTraits;
  readonly #market: CounterNoise;
  readonly #sector: CounterNoise;
  readonly #own: CounterNoise;
  #weekday = FIRST_WEEKDAY;
  #closeLog = 0;
  #marketRegime = 0;
  #ownRegime = 0;
  #day: WalkDay | null = null;

  constructor(seed: number, traits: SymbolTraits) {
    this.#traits = traits;
    this.#market = new CounterNoise(seed, MARKET_KEY, DAILY);
    this.#sector = new CounterNoise(seed, SECTOR_KEY + traits.sector, DAILY);
    this.#own = new CounterNoise(seed, traits.key, DAILY);
  }

  /** Cheap going forward; an earlier date walks again from the start. */
  dayOf(date: SessionDate): WalkDay {
    const weekday = weekdayNumber(date);
    if (weekday < this.#weekday) this.#restart();
    while (this.#weekday < weekday || this.#day === null) this.#step();
    return this.#day;
  }

  #restart(): void {
    this.#weekday = FIRST_WEEKDAY;
    this.#closeLog = 0;
    this.#marketRegime = 0;
    this.#ownRegime = 0;
    this.#day = null;
  }

  #step(): void {
    this.#weekday += 1;
    const traits = this.#traits;
    const first = this.#weekday * DRAWS;
    this.#marketRegime = REGIME_MEMORY * this.#marketRegime + REGIME_STEP * this.#market.normal(first + DRAW.regime);
    this.#ownRegime = REGIME_MEMORY * this.#ownRegime + REGIME_STEP * this.#own.normal(first + DRAW.regime);
    const regimeLog = this.#marketRegime + 0.5 * this.#ownRegime;
    const scale = exactExp(regimeLog);
    const shares = sharesOf(this.#market.uniform(first + DRAW.share));
    const isNews = this.#own.uniform(first + DRAW.news) < NEWS_CHANCE;
    const overnightSigma = scale * traits.overnightSigma * (isNews ? NEWS_FACTOR : 1);
    const gap = overnightSigma * this.#mixed(shares, first + DRAW.overnight);
    const openLog = LEVEL_MEMORY * this.#closeLog + gap;
    const intradaySigma = scale * traits.intradaySigma;
    const closeLog = openLog + intradaySigma * this.#mixed(shares, first + DRAW.intraday);
    this.#closeLog = closeLog;
    this.#day = { openLog, closeLog, intradaySigma, regimeLog };
  }

  /** A normal made of what the market, the sector and the symbol do. */
  #mixed(shares: FactorShares, counter: number): number {
    return (
      Math.sqrt(shares.market) * this.#market.normal(counter) +
      Math.sqrt(shares.sector) * this.#sector.normal(counter) +
      Math.sqrt(shares.own) * this.#own.normal(counter)
    );
  }
}

/** How much symbols move together on a day: anything between hardly and nearly alike, as on recorded days. */
export function factorShares(seed: number, weekday: number): FactorShares {
  return sharesOf(new CounterNoise(seed, MARKET_KEY, DAILY).uniform(weekday * DRAWS + DRAW.share));
}

function sharesOf(uniform: number): FactorShares {
  const market = MARKET_SHARE_MIN + MARKET_SHARE_SPAN * uniform;
  return { market, sector: SECTOR_SHARE, own: 1 - market - SECTOR_SHARE };
}

/** Weekdays since Monday 1969-12-29; a Saturday or Sunday counts as its Friday. */
export function weekdayNumber(date: SessionDate): number {
  const day = dayOfDate(date) + 3;
  const week = Math.floor(day / 7);
  return week * 5 + Math.min(day - week * 7, 4);
}
