/**
 * Finds where two ledgers part: the first row that differs, and the minute it belongs to.
 */

import { sessionAt } from '../../../../shared/domain/calendar/calendar.ts';
import { formatSessionDate } from '../../../../shared/domain/calendar/session-date.ts';

export interface LedgerDifference {
  /** yyyy-mm-dd, or null where a row names no minute. */
  readonly session: string | null;
  readonly minute: number | null;
  /** The row of each side; null where its ledger has ended. */
  readonly replay: string | null;
  readonly backtest: string | null;
}

/** Null when both ledgers are equal row by row. */
export function firstDifference(replay: readonly string[], backtest: readonly string[]): LedgerDifference | null {
  const length = Math.max(replay.length, backtest.length);
  for (let at = 0; at < length; at++) {
    if (replay[at] === backtest[at]) continue;
    const row = earlier(replay[at], backtest[at]);
    return { ...addressOf(row), replay: replay[at] ?? null, backtest: backtest[at] ?? null };
  }
  return null;
}

function earlier(a: string | undefined, b: string | undefined): string {
  if (a === undefined || b === undefined) return a ?? b ?? '';
  return eventMs(a) <= eventMs(b) ? a : b;
}

/** Rows start with their kind and event time; decisions and orders carry the close of their minute. */
function addressOf(row: string): { session: string | null; minute: number | null } {
  const isFill = row.startsWith('F,');
  const at = sessionAt(isFill ? eventMs(row) : eventMs(row) - 1);
  if (at === null) return { session: null, minute: null };
  return { session: formatSessionDate(at.session.date), minute: at.minuteIndex };
}

function eventMs(row: string): number {
  return Number(row.split(',')[1]);
}
