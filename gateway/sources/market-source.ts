/**
 * Where a run's bars come from. A source hands over whole sessions; the gateway decides when a minute is released.
 */

import type { Session } from '../../shared/domain/calendar/calendar.ts';
import type { SessionDate } from '../../shared/domain/calendar/session-date.ts';
import type { BarTable } from '../../shared/domain/market/bar-table.ts';
import type { QuarantineEntry } from '../../shared/ports/repositories.ts';

export interface MarketSource {
  /** The first session after a date, or the first of all; null when the source ends. */
  nextSession(after: SessionDate | null): Session | null;
  /** The bars of a session of this source; the caller may keep but not change them. */
  table(session: Session): BarTable;
  /** Rows that were not used as they stood. */
  readonly quarantine: readonly QuarantineEntry[];
}
