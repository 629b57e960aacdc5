/**
 * One-day historical value at risk at 95 %: open-to-close returns of the last daily sessions, current weights.
 *
 * Sessions are those that every symbol with enough history has in common, strictly before the trading session. A
 * history that ends too long before it says nothing about it, and neither approves nor shortens what the others have.
 * Quantile: linear interpolation (type 7), as in the product's metric definitions.
 */

import { nextSession, previousSession } from '../calendar/calendar.ts';
import { FIRST_YEAR } from '../calendar/holidays.ts';
import { addDays, type SessionDate, weekday } from '../calendar/session-date.ts';
import { quantileType7 } from '../metrics/quantile.ts';
import type { UsdE4 } from '../units/units.ts';
import { type Profile, readsDailyBars } from '../profile/profile.ts';

export const VAR_SESSIONS = 250;
/** Rows read per symbol, so that a few days that another symbol lacks do not empty the history. */
export const VAR_ROWS_MAX = 300;
/** The last daily bar lies at most this many sessions before the session it is read for. */
const VAR_AGE_SESSIONS_MAX = 5;
const TAIL = 0.05;

export interface DailyReturnRow {
  readonly symbol: string;
  readonly session: number;
  readonly openE4: number;
  readonly closeE4: number;
}

/** A history that ends too early, and the oldest end that would pass. */
export interface StaleHistory {
  readonly lastSession: SessionDate;
  readonly oldestSession: SessionDate;
}

export class VarHistory {
  /** Per symbol of the run: the returns of as many sessions, oldest first, or null without enough history. */
  readonly #returns: readonly (Float64Array | null)[];
  readonly #stale: readonly (StaleHistory | null)[];
  readonly #scratch = new Float64Array(VAR_SESSIONS);

  constructor(returns: readonly (Float64Array | null)[], stale: readonly (StaleHistory | null)[] = []) {
    this.#returns = returns;
    this.#stale = stale;
  }

  /** Null where the symbol's history is recent, or where there is none at all. */
  stale(s: number): StaleHistory | null {
    return this.#stale[s] ?? null;
  }

  has(s: number): boolean {
    return (this.#returns[s] ?? null) !== null;
  }

  /** VaR of a portfolio given by its notional per symbol; a positive number is a loss. NaN where history is missing or is not a number. */
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
export function varHistory(profile: Profile, daily: DailyReturns, session: SessionDate): VarHistory | null {
  return readsDailyBars(profile) ? daily.before(session) : null;
}

/** The daily bars of one symbol, by session. */
interface SymbolDays {
  readonly sessions: readonly SessionDate[];
  readonly returns: readonly number[];
  /** Places before the session asked for last. */
  end: number;
}

/** Daily bars in any order, indexed once, so that a run of many sessions reads no row twice. */
export class DailyReturns {
  readonly #symbols: readonly SymbolDays[];

  constructor(symbols: readonly string[], rows: readonly DailyReturnRow[]) {
    const bySymbol = Map.groupBy(rows, (row) => row.symbol);
    this.#symbols = symbols.map((symbol) => daysOf(bySymbol.get(symbol) ?? []));
  }

  /** Cheapest in order of time; bars at or after the session are ignored. */
  before(session: SessionDate): VarHistory {
    const oldestSession = oldestLastSession(session);
    for (const days of this.#symbols) moveTo(days, session);
    const stale = this.#symbols.map((days) => staleOf(days, oldestSession));
    const eligible = this.#symbols.map((days, s) => (stale[s] === null && days.end >= VAR_SESSIONS ? days : null));
    const common = commonReturns(eligible);
    // Each may be recent by a day that another lacks: what they have in common has to be so too.
    if (common !== null && common.lastSession >= oldestSession) return new VarHistory(common.returns, stale);
    const late = common === null ? null : { lastSession: common.lastSession, oldestSession };
    return new VarHistory(
      eligible.map(() => null),
      eligible.map((days, s) => (days === null ? stale[s]! : late)),
    );
  }
}

function daysOf(rows: readonly DailyReturnRow[]): SymbolDays {
  const inOrder = rows.toSorted((one, other) => one.session - other.session);
  // Of two rows of one session the later one stands.
  const last = inOrder.filter((row, at) => row.session !== inOrder[at + 1]?.session);
  return {
    sessions: last.map((row) => row.session),
    returns: last.map((row) => row.closeE4 / row.openE4 - 1),
    end: 0,
  };
}

function moveTo(days: SymbolDays, session: SessionDate): void {
  const { sessions } = days;
  while (days.end < sessions.length && sessions[days.end]! < session) days.end += 1;
  while (days.end > 0 && sessions[days.end - 1]! >= session) days.end -= 1;
}

function staleOf({ sessions, end }: SymbolDays, oldestSession: SessionDate): StaleHistory | null {
  const lastSession = end === 0 ? null : sessions[end - 1]!;
  return lastSession === null || lastSession >= oldestSession ? null : { lastSession, oldestSession };
}

/** The returns of the last sessions that all of them have, null for a symbol that is null; null for too few of them. */
function commonReturns(
  symbols: readonly (SymbolDays | null)[],
): { readonly lastSession: SessionDate; readonly returns: readonly (Float64Array | null)[] } | null {
  const returns = symbols.map((days) => (days === null ? null : new Float64Array(VAR_SESSIONS)));
  const at = symbols.map((days) => (days === null ? 0 : days.end - 1));
  let lastSession = 0;
  for (let place = VAR_SESSIONS - 1; place >= 0; place--) {
    const session = stepToCommon(symbols, at);
    if (session === null) return null;
    if (place === VAR_SESSIONS - 1) lastSession = session;
    symbols.forEach((days, s) => {
      if (days === null) return;
      returns[s]![place] = days.returns[at[s]!]!;
      at[s] = at[s]! - 1;
    });
  }
  return { lastSession, returns };
}

/** Walks each symbol's place back to the latest session that all of them have; null where one of them runs out. */
function stepToCommon(symbols: readonly (SymbolDays | null)[], at: number[]): SessionDate | null {
  let session = Number.POSITIVE_INFINITY;
  for (let s = 0, agreed = 0; agreed < symbols.length; s = s + 1 === symbols.length ? 0 : s + 1) {
    const days = symbols[s];
    if (days !== null && days !== undefined) {
      const first = Math.max(0, days.end - VAR_ROWS_MAX);
      while (at[s]! >= first && days.sessions[at[s]!]! > session) at[s] = at[s]! - 1;
      if (at[s]! < first) return null;
      if (days.sessions[at[s]!]! < session) {
        session = days.sessions[at[s]!]!;
        agreed = 0;
      }
    }
    agreed += 1;
  }
  return session === Number.POSITIVE_INFINITY ? null : session;
}

/** The oldest session that a history may end with. Before the calendar begins, every weekday counts as a session. */
function oldestLastSession(session: SessionDate): SessionDate {
  let date = session;
  for (let back = 0; back < VAR_AGE_SESSIONS_MAX; back++) date = sessionBefore(date);
  return date;
}

const FIRST_KNOWN_DATE = FIRST_YEAR * 10_000 + 101;

function sessionBefore(date: SessionDate): SessionDate {
  if (date > nextSession(FIRST_KNOWN_DATE).date) return previousSession(date).date;
  let before = addDays(date, -1);
  while (weekday(before) === 0 || weekday(before) === 6) before = addDays(before, -1);
  return before;
}
