/**
 * Daily bars for a command: what the files hold, or a problem a person can act on.
 */

import { readDaily, readHeldDaily } from '../../../shared/adapters/csv/daily-csv.ts';
import { formatSessionDate, type SessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { profile, type ProfileName, readsDailyBars } from '../../../shared/domain/profile/profile.ts';
import { DailyReturns, type StaleHistory, VAR_SESSIONS } from '../../../shared/domain/risk/var.ts';
import { counted } from '../../../shared/read-models/format.ts';
import type { DailyBar } from '../../../shared/ports/repositories/market.ts';
import { EXIT_USAGE, Problem } from '../../problem.ts';
import { problemOfCsv } from './recorded-bars.ts';

export interface DailyOptions {
  readonly daily?: string;
  readonly symbols: readonly string[];
  readonly profile: ProfileName;
  /** Of the run, in order; a bar of the last one or of a later one is never read. */
  readonly sessions: readonly SessionDate[];
}

/** Throws Problem where a file cannot be taken, or a symbol has none. */
export function loadDailyBars(dir: string, symbols: readonly string[]): readonly DailyBar[] {
  return problemOfCsv(() => readDaily(dir, symbols));
}

/** For a profile that reads them a symbol without a file has no bars: whether others are stored is asked then. */
export function loadDailyBarsFor(
  name: ProfileName,
  { dir, symbols }: { readonly dir: string; readonly symbols: readonly string[] },
): readonly DailyBar[] {
  return readsDailyBars(profile(name)) ? problemOfCsv(() => readHeldDaily(dir, symbols)) : loadDailyBars(dir, symbols);
}

export interface DailyBarsOfRun {
  readonly bars: readonly DailyBar[];
  /** What of them is too little for the first session: a run begins on it all the same. */
  readonly warnings: readonly string[];
}

/** The only daily bars a run has. Throws Problem where its profile reads them and a symbol has none it could read. */
export function dailyBarsOf({ daily, symbols, profile: name, sessions }: DailyOptions): DailyBarsOfRun {
  const bars = daily === undefined ? [] : loadDailyBarsFor(name, { dir: daily, symbols });
  if (!readsDailyBars(profile(name))) return { bars, warnings: [] };
  const [firstSession, lastSession] = [sessions[0]!, sessions.at(-1)!];
  const usable = bars.filter(({ session }) => session < lastSession);
  refuseWithoutHistory({ name, dir: daily ?? null, symbols, before: lastSession }, usable);
  return { bars, warnings: historyWarnings({ name, symbols, before: firstSession }, bars) };
}

/**
 * What can be said of a start's daily bars before its database is up. Throws Problem where they cannot be read, or where no
 * database holds others and the run would have no history.
 */
export function checkDailyBars(
  options: { readonly daily?: string; readonly symbols: readonly string[]; readonly profile: ProfileName },
  { firstSession }: { readonly firstSession: SessionDate },
  { hasDatabase }: { readonly hasDatabase: boolean },
): void {
  const { daily, symbols, profile: name } = options;
  const bars = daily === undefined ? [] : loadDailyBarsFor(name, { dir: daily, symbols });
  if (hasDatabase || !readsDailyBars(profile(name))) return;
  const usable = bars.filter(({ session }) => session < firstSession);
  refuseWithoutHistory({ name, dir: daily ?? null, symbols, before: firstSession }, usable);
}

/**
 * Of each symbol whose history is too short or too old for the session: its entries are denied, which would otherwise be seen
 * in the result only.
 */
export function historyWarnings(
  { name, symbols, before }: Omit<HistoryNeeded, 'dir'>,
  bars: readonly DailyBar[],
): readonly string[] {
  const history = new DailyReturns(symbols, bars).before(before);
  const held = Map.groupBy(
    bars.filter(({ session }) => session < before),
    ({ symbol }) => symbol,
  );
  return symbols.flatMap((symbol, s) => {
    if (history.has(s)) return [];
    const count = new Set(held.get(symbol)?.map(({ session }) => session)).size;
    const why = shortText(symbol, { count, stale: history.stale(s), before });
    return [`${why}: profile ${name} denies its entries with that history`];
  });
}

interface Short {
  readonly count: number;
  readonly stale: StaleHistory | null;
  readonly before: SessionDate;
}

function shortText(symbol: string, { count, stale, before }: Short): string {
  const day = formatSessionDate(before);
  if (stale !== null) {
    const [last, oldest] = [stale.lastSession, stale.oldestSession].map(formatSessionDate);
    return `the daily bars of ${symbol} before ${day} end on ${last}, and one of ${oldest} or later is needed`;
  }
  if (count < VAR_SESSIONS) {
    return `${symbol} has ${counted(count, 'daily session')} before ${day}, and ${VAR_SESSIONS} are needed`;
  }
  return `${symbol} has fewer than ${VAR_SESSIONS} daily sessions before ${day} in common with the other symbols`;
}

export interface HistoryNeeded {
  readonly name: ProfileName;
  readonly dir: string | null;
  readonly symbols: readonly string[];
  readonly before: SessionDate;
}

/**
 * Without any history every entry of a symbol would be denied, which is an order to do nothing and hardly meant. Throws
 * Problem where one of the symbols has no usable bar.
 */
export function refuseWithoutHistory(needed: HistoryNeeded, usable: readonly Pick<DailyBar, 'symbol'>[]): void {
  const { name, dir, symbols, before } = needed;
  const held = new Set(usable.map(({ symbol }) => symbol));
  const lacking = symbols.filter((symbol) => !held.has(symbol));
  if (lacking.length === 0) return;
  const of = `no daily bar of ${lacking.join(', ')} before ${formatSessionDate(before)}`;
  const missing = dir === null ? `--daily is missing and there is ${of}` : `--daily: '${dir}' holds ${of}`;
  throw new Problem(
    `${missing}: profile ${name} limits value at risk, which is read from ${VAR_SESSIONS} sessions of daily bars`,
    {
      fix: 'give --daily DIR, a folder with one CSV of earlier daily bars per symbol, or --profile basic',
      exitCode: EXIT_USAGE,
    },
  );
}
