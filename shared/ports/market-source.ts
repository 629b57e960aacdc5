/**
 * Where a run's minutes come from: recorded files, the generated market, a broker's wire. A source delivers minutes as
 * the market gave them; the gateway decides when one is released and quality judges it.
 */

import type { RawBar } from '../contracts/minute.v2.ts';
import type { Session } from '../domain/calendar/calendar.ts';
import type { SessionDate } from '../domain/calendar/session-date.ts';
import type { QuarantineEntry } from './repositories/messages.ts';

/** One minute as delivered. */
export interface MarketMinute {
  readonly minuteIndex: number;
  /** Every symbol of the run in its order, present or missing. */
  readonly bars: readonly RawBar[];
}

/** A session that is being read, minute by minute. */
export interface MarketSession {
  /** By symbol: what its bars of this session are. Equal text, equal bars. */
  readonly digests: readonly string[];
  /** Rows of the session that were not used as they stood. */
  readonly quarantine: readonly QuarantineEntry[];
  /** The next minute, in order and without gaps; null when the session is over or the signal aborts. */
  nextMinute(signal: AbortSignal): Promise<MarketMinute | null>;
}

export interface SessionStart {
  readonly session: Session;
  /** The first minute to deliver. */
  readonly minuteIndex: number;
  /** How many of its minutes are traded, from the first. */
  readonly minutes: number;
}

export interface MarketSource {
  /** The first session after a date, or the first of all; null when the source ends. */
  nextSession(after: SessionDate | null): Session | null;
  /** Begins a session: after a restart the gateway reads again what it had read. */
  open(at: SessionStart): Promise<MarketSession>;
}
