/**
 * The generated market: from its first session to the end of the exchange calendar.
 */

import { type Session, nextSession } from '../../shared/domain/calendar/calendar.ts';
import { LAST_YEAR } from '../../shared/domain/calendar/holidays.ts';
import { addDays, type SessionDate } from '../../shared/domain/calendar/session-date.ts';
import { GENERATOR_VERSION, MarketGenerator } from '../../shared/domain/market/generator/market-generator.ts';
import { generatedSourceSchema } from '../../shared/runtime/stack-file.ts';
import { defineSource } from './define-source.ts';
import { tableSession } from './table-session.ts';

/** The last session of every year is at most this many days before its end. */
const LAST_SESSION = LAST_YEAR * 10_000 + 1229;

export const generatedSource = defineSource(generatedSourceSchema, ({ seed, startSession }, symbols) => {
  const generator = new MarketGenerator({ symbols, seed });
  const digests = symbols.map((symbol) => `generated/${GENERATOR_VERSION}/${seed}/${symbol}`);
  return {
    nextSession: (after) => sessionAfter(after ?? addDays(startSession, -1)),
    open: async ({ session, minuteIndex }) =>
      tableSession({ symbols, table: generator.session(session), minuteIndex, digests }),
  };
});

function sessionAfter(date: SessionDate): Session | null {
  return date >= LAST_SESSION ? null : nextSession(date);
}
