/**
 * Daily bars for a command: what the files hold, or a problem a person can act on.
 */

import { readDaily } from '../../../shared/adapters/csv/daily-csv.ts';
import { formatSessionDate, type SessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { profile, type ProfileName, readsDailyBars } from '../../../shared/domain/profile/profile.ts';
import { VAR_SESSIONS } from '../../../shared/domain/risk/var.ts';
import type { DailyBar } from '../../../shared/ports/repositories/market.ts';
import { EXIT_USAGE, Problem } from '../../problem.ts';
import { problemOfCsv } from './recorded-bars.ts';

export interface DailyOptions {
  readonly daily?: string;
  readonly symbols: readonly string[];
  readonly profile: ProfileName;
  /** Of the run; a bar of this session or a later one is never read. */
  readonly lastSession: SessionDate;
}

export function loadDailyBars(dir: string, symbols: readonly string[]): readonly DailyBar[] {
  return problemOfCsv(() => readDaily(dir, symbols));
}

/** The only daily bars a run has. Throws Problem where its profile reads them and a symbol has none it could read. */
export function dailyBarsOf({ daily, symbols, profile: name, lastSession }: DailyOptions): readonly DailyBar[] {
  const bars = daily === undefined ? [] : loadDailyBars(daily, symbols);
  if (readsDailyBars(profile(name))) {
    const usable = bars.filter(({ session }) => session < lastSession);
    refuseWithoutHistory({ name, dir: daily ?? null, symbols, before: lastSession }, usable);
  }
  return bars;
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
