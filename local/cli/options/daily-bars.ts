/**
 * Daily bars for a command: what the files hold, or a problem a person can act on.
 */

import { readDaily } from '../../../shared/adapters/csv/daily-csv.ts';
import { profile, type ProfileName, readsDailyBars } from '../../../shared/domain/profile/profile.ts';
import { VAR_SESSIONS } from '../../../shared/domain/risk/var.ts';
import type { DailyBar } from '../../../shared/ports/repositories.ts';
import { EXIT_USAGE, Problem } from '../../problem.ts';
import { problemOfCsv } from './recorded-bars.ts';

export interface DailyOptions {
  readonly daily?: string;
  readonly symbols: readonly string[];
  readonly profile: ProfileName;
}

export function loadDailyBars(dir: string, symbols: readonly string[]): readonly DailyBar[] {
  return problemOfCsv(() => readDaily(dir, symbols));
}

/** The only daily bars a run has. Throws Problem where its profile reads them and there is not a single one. */
export function dailyBarsOf({ daily, symbols, profile: name }: DailyOptions): readonly DailyBar[] {
  const bars = daily === undefined ? [] : loadDailyBars(daily, symbols);
  if (bars.length === 0 && readsDailyBars(profile(name))) throw noDailyBars(name, daily ?? null);
  return bars;
}

/** Without any history every entry would be denied, which is an order to do nothing and hardly meant. */
export function noDailyBars(name: ProfileName, dir: string | null): Problem {
  const missing = dir === null ? '--daily is missing' : `--daily: '${dir}' holds no daily bar of these symbols`;
  return new Problem(
    `${missing}: profile ${name} limits value at risk, which is read from ${VAR_SESSIONS} sessions of daily bars`,
    {
      fix: 'give --daily DIR, a folder with one CSV of daily bars per symbol, or --profile basic',
      exitCode: EXIT_USAGE,
    },
  );
}
