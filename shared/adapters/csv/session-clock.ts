/**
 * Recognises a day whose times are not UTC though they say so, before its rows land in the wrong minutes.
 */

import type { Session } from '../../domain/calendar/calendar.ts';
import { MINUTE_MS } from '../../domain/units/units.ts';

export const MINUTES_PER_DAY = 1_440;

/** 09:30, 10:00 and 16:00 read as if New York's clock were UTC. */
const NEW_YORK_OPEN = 570;
const NEW_YORK_EARLY = 600;
const NEW_YORK_CLOSE = 960;
/** A day with fewer of its minutes may begin late and end late for other reasons. */
const NEARLY_ALL = 0.9;

/** What a file holds of one date, in minutes of the UTC day. */
export interface DayTimes {
  readonly firstMinute: number;
  readonly lastMinute: number;
  readonly rows: number;
}

/** What the times of a day look like where they do not look like UTC; null where they do. */
export function clockTrouble(day: DayTimes, session: Session): { wrong: string; fix: string } | null {
  const open = openMinute(session);
  const isNewYork = day.firstMinute >= NEW_YORK_OPEN && day.firstMinute < NEW_YORK_EARLY;
  if (isNewYork && day.lastMinute < NEW_YORK_CLOSE) {
    const hours = (open - NEW_YORK_OPEN) / 60;
    const fix = `write UTC: add ${hours} hours to the times of this date`;
    return { wrong: 'looks like New York time marked as UTC', fix };
  }
  const shift = day.firstMinute - open;
  const isShifted = shift !== 0 && shift === day.lastMinute - (open + session.minutes - 1);
  if (!isShifted || day.rows < NEARLY_ALL * session.minutes) return null;
  if (shift === 1) {
    return { wrong: 'looks stamped at the end of the minute', fix: 'write its start: take 1 minute from the times' };
  }
  const change = shift > 0 ? `take ${shift} minutes from` : `add ${-shift} minutes to`;
  return { wrong: 'looks like a session of another clock', fix: `write UTC: ${change} the times of this date` };
}

/** Minute of the UTC day at which a session opens. */
export function openMinute(session: Session): number {
  return (session.openMs / MINUTE_MS) % MINUTES_PER_DAY;
}

/** 930 → `15:30`. */
export function clockText(minuteOfDay: number): string {
  const hour = String(Math.floor(minuteOfDay / 60)).padStart(2, '0');
  return `${hour}:${String(minuteOfDay % 60).padStart(2, '0')}`;
}
