/**
 * One table per session, made when its first row is met.
 */

import { sessionOn } from '../../domain/calendar/calendar.ts';
import { FIRST_YEAR, LAST_YEAR } from '../../domain/calendar/holidays.ts';
import type { SessionDate } from '../../domain/calendar/session-date.ts';
import { BarTable } from '../../domain/market/bar-table.ts';
import type { BarDay, DayChoice } from './file-days.ts';

export class DayBook {
  readonly #symbolCount: number;
  readonly #wanted: ReadonlySet<SessionDate> | null;
  readonly #days = new Map<SessionDate, BarDay>();

  /** `wanted` null: every session. */
  constructor(symbolCount: number, wanted: ReadonlySet<SessionDate> | null) {
    this.#symbolCount = symbolCount;
    this.#wanted = wanted;
  }

  dayOf(date: SessionDate): DayChoice {
    if (this.#wanted?.has(date) === false) return 'skip';
    const known = this.#days.get(date);
    if (known !== undefined) return known;
    const session = isInCalendar(date) ? sessionOn(date) : null;
    if (session === null) return 'closed';
    const day = { session, table: new BarTable(this.#symbolCount, session.minutes) };
    this.#days.set(date, day);
    return day;
  }

  /** In order of time. */
  tables(): Map<SessionDate, BarTable> {
    const inOrder = [...this.#days.entries()].sort(([one], [other]) => one - other);
    return new Map(inOrder.map(([date, day]) => [date, day.table]));
  }
}

export function isInCalendar(date: SessionDate): boolean {
  const year = Math.floor(date / 10_000);
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}
