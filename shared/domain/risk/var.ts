/**
 * One-day historical value at risk at 95 %: open-to-close returns of the last daily sessions, current weights.
 *
 * Sessions are those that every symbol with enough history has in common, strictly before the trading session.
 * Quantile: linear interpolation (type 7), as in the product's metric definitions.
 */

import { quantileType7 } from '../metrics/quantile.ts';
import type { UsdE4 } from '../units/units.ts';
import { type Profile, readsDailyBars } from './profile.ts';

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

/** What VaR needs in one session; null where the profile has no VaR limit. */
export function varHistory(
  profile: Profile,
  symbols: readonly string[],
  rows: readonly DailyReturnRow[],
  session: number,
): VarHistory | null {
  return readsDailyBars(profile) ? buildVarHistory(symbols, rows, session) : null;
}

/** `rows` in any order; those at or after `session` are ignored. */
function buildVarHistory(symbols: readonly string[], rows: readonly DailyReturnRow[], session: number): VarHistory {
  const bySymbol = symbols.map((symbol) => returnsBySession(rows, symbol, session));
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

function returnsBySession(rows: readonly DailyReturnRow[], symbol: string, session: number): Map<number, number> {
  const past = rows.filter((row) => row.symbol === symbol && row.session < session);
  const recent = past.sort((a, b) => a.session - b.session).slice(-VAR_ROWS_MAX);
  return new Map(recent.map((row) => [row.session, row.closeE4 / row.openE4 - 1]));
}
