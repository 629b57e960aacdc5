/**
 * What a calendar month has: hours in which machines are billed, sessions and minutes in which the market is open.
 */

import { sessionsBetween } from '../../shared/domain/calendar/calendar.ts';
import { FIRST_YEAR, LAST_YEAR } from '../../shared/domain/calendar/holidays.ts';

export interface Month {
  /** Such as 2026-12. */
  readonly name: string;
  readonly days: number;
  readonly hours: number;
  readonly sessions: number;
  readonly sessionMinutes: number;
}

/** Throws RangeError naming the value for what is not a month, or lies outside the exchange calendar. */
export function monthOf(name: string): Month {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(name);
  if (match === null) throw new RangeError(`month '${name}' is not of the form YYYY-MM, such as 2026-12`);
  const [year, number] = [Number(match[1]), Number(match[2])];
  if (year < FIRST_YEAR || year > LAST_YEAR)
    throw new RangeError(
      `month '${name}' is outside the exchange calendar, which covers ${FIRST_YEAR} to ${LAST_YEAR}`,
    );
  const days = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const first = year * 10_000 + number * 100 + 1;
  const sessions = sessionsBetween(first, first + days - 1);
  return {
    name,
    days,
    hours: days * 24,
    sessions: sessions.length,
    sessionMinutes: sessions.reduce((sum, session) => sum + session.minutes, 0),
  };
}
