/**
 * Daily bars for a command: what the files hold, or a problem a person can act on.
 */

import { readDaily } from '../../../shared/adapters/csv/daily-csv.ts';
import type { DailyBar } from '../../../shared/ports/repositories.ts';
import { problemOfCsv } from './recorded-bars.ts';

export function loadDailyBars(dir: string, symbols: readonly string[]): readonly DailyBar[] {
  return problemOfCsv(() => readDaily(dir, symbols));
}
