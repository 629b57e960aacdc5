/**
 * The generated market: from its first session to the end of the exchange calendar.
 */

import { type Session, nextSession } from '../../shared/domain/calendar/calendar.ts';
import { LAST_YEAR } from '../../shared/domain/calendar/holidays.ts';
import { addDays, type SessionDate } from '../../shared/domain/calendar/session-date.ts';
import { MarketGenerator } from '../../shared/domain/market/generator/market-generator.ts';
import type { SourceConfig } from '../../shared/runtime/stack-file.ts';
import type { MarketSource } from './market-source.ts';

/** The last session of every year is at most this many days before its end. */
const LAST_SESSION = LAST_YEAR * 10_000 + 1229;

export function openGeneratedSource(
  config: Extract<SourceConfig, { kind: 'generated' }>,
  symbols: readonly string[],
): MarketSource {
  const generator = new MarketGenerator({ symbols, seed: config.seed });
  return {
    quarantine: [],
    nextSession: (after) => sessionAfter(after ?? addDays(config.startSession, -1)),
    table: (session) => generator.session(session),
  };
}

function sessionAfter(date: SessionDate): Session | null {
  return date >= LAST_SESSION ? null : nextSession(date);
}
