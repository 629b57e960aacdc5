/**
 * One-day historical value at risk at 95 %: open-to-close returns of the last daily sessions, current weights.
 *
 * Sessions are those that every symbol with enough history has in common, strictly before the trading session.
 * Quantile: linear interpolation (type 7), as in the product's metric definitions.
 */

import { quantileType7 } from '../metrics/quantile.ts';
import type { UsdE4 } from '../units/units.ts';
import { type Profile, readsDailyBars } from '../profile/profile.ts';

export const VAR_SESSIONS = 250;
/** Rows read per symbol, so that a few days that another symbol lacks do not empty the history. */
export const VAR_ROWS_MAX = 300;
const TAIL = 0.05;

export interface DailyReturnRow {
  readonly symbol: string;
  readonly session: number;
  readonly openE4: number;
  readonly closeE4: number;
}

export class VarHistory {
  /** Per symbol of the run: the returns of as many sessions, oldest first, or null without enough history. */
  readonly #returns: readonly (Float64Array | null)[];
  readonly #scratch = new Float64Array(VAR_SESSIONS);

  constructor(returns: readonly (Float64Array | null)[]) {
    this.#returns = returns;
  }

  has(s: number): boolean {
    return (this.#returns[s] ?? null) !== null;
  }

  /** VaR of a portfolio given by its notional per symbol; a positive number is a loss. NaN where history lacks or is no number. */
  portfolioUsdE4(notionalE4: Float64Array): UsdE4 {
    this.#scratch.fill(0);
    for (let s = 0; s < notionalE4.length; s++) {
      if (notionalE4[s] === 0) continue;
      const returns = this.#returns[s];
      if (returns === null || returns === undefined) return Number.NaN;
      for (let day = 0; day < VAR_SESSIONS; day++) {
        this.#scratch[day] = this.#scratch[day]! + notionalE4[s]! * returns[day]!;
      }
    }
    // A day without a return would be sorted to the far end and pass for a gain.
    if (!this.#scratch.every(Number.isFinite)) return Number.NaN;
    this.#scratch.sort();
    return -quantileType7(this.#scratch, TAIL);
  }
}

/** Returns of a run's symbols, put in order once, so that what a session takes of them does not grow with all of them. */
export class DailyReturns {
  /** By symbol of the run, oldest first, each session once. */
  readonly #bySymbol: readonly { readonly sessions: readonly number[]; readonly returns: readonly number[] }[];

  /** `rows` in any order; of two for one session the later one counts. */
  constructor(symbols: readonly string[], rows: readonly DailyReturnRow[]) {
    const bySymbol = Map.groupBy(rows, (row) => row.symbol);
    this.#bySymbol = symbols.map((symbol) => {
      const bySession = new Map(bySymbol.get(symbol)?.map((row) => [row.session, row.closeE4 / row.openE4 - 1]));
      const sessions = [...bySession.keys()].sort((a, b) => a - b);
      return { sessions, returns: sessions.map((session) => bySession.get(session)!) };
    });
  }

  /** Of the last sessions strictly before one, by symbol of the run. */
  before(session: number): Map<number, number>[] {
    return this.#bySymbol.map(({ sessions, returns }) => {
      const end = countBelow(sessions, session);
      const from = Math.max(0, end - VAR_ROWS_MAX);
      return new Map(sessions.slice(from, end).map((day, at) => [day, returns[from + at]!]));
    });
  }
}

/** What VaR needs in one session; null where the profile has no VaR limit. */
export function varHistory(profile: Profile, daily: DailyReturns, session: number): VarHistory | null {
  return readsDailyBars(profile) ? buildVarHistory(daily.before(session)) : null;
}

function buildVarHistory(bySymbol: readonly ReadonlyMap<number, number>[]): VarHistory {
  const eligible = bySymbol.filter((returns) => returns.size >= VAR_SESSIONS);
  const shortest = eligible.toSorted((a, b) => a.size - b.size)[0];
  const common = [...(shortest?.keys() ?? [])].filter((day) => eligible.every((returns) => returns.has(day)));
  const days = common.sort((a, b) => a - b).slice(-VAR_SESSIONS);
  return new VarHistory(
    bySymbol.map((returns) =>
      returns.size < VAR_SESSIONS || days.length < VAR_SESSIONS
        ? null
        : Float64Array.from(days, (day) => returns.get(day)!),
    ),
  );
}

/** How many of the ascending values are below a limit. */
function countBelow(values: readonly number[], limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
