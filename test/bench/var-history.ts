/**
 * What the history of value at risk costs a session: the same in a long run as in a short one, whatever the symbols.
 */

import { sessionsBetween } from '../../shared/domain/calendar/calendar.ts';
import { type DailyReturnRow, DailyReturns } from '../../shared/domain/risk/var.ts';
import { atMost, type Measurement, measurement } from './measure.ts';

const SESSIONS = sessionsBetween(20_110_103, 20_281_229).map(({ date }) => date);
const FEW_SESSIONS = 400;
const MANY_SESSIONS = 4_000;
const SYMBOLS = Array.from({ length: 30 }, (_, at) => `S${String(at).padStart(2, '0')}`);
const ROUNDS = 5;

export function benchVarHistory(): Measurement[] {
  const few: number[] = [];
  const many: number[] = [];
  // The first round only warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    few.push(usPerSession(FEW_SESSIONS));
    many.push(usPerSession(MANY_SESSIONS));
  }
  // A scan of every row for each session would give 10.
  const ratios = many.slice(1).map((each, round) => each / few[round + 1]!);
  return [
    measurement('VaR history of 30 symbols, a session of 4,000', 'us', many.slice(1)),
    measurement('the same, a session of 4,000 against one of 400', 'ratio', ratios, atMost(3)),
  ];
}

/** Indexing included, over the sessions that have a history. */
function usPerSession(count: number): number {
  const dates = SESSIONS.slice(0, count);
  const rows: DailyReturnRow[] = SYMBOLS.flatMap((symbol, s) =>
    dates.map((session, at) => ({ symbol, session, openE4: 1_000_000, closeE4: 990_000 + ((at * 37 + s) % 41) * 500 })),
  );
  const startedMs = performance.now();
  const history = new DailyReturns(SYMBOLS, rows);
  const asked = dates.slice(250);
  for (const session of asked) history.before(session);
  return ((performance.now() - startedMs) * 1_000) / asked.length;
}
