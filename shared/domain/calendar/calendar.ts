/**
 * The exchange calendar: which dates trade, when they open in UTC, and for how many minutes.
 *
 * Regular session 09:30–16:00 New York, half-days until 13:00. Daylight saving by the United States rule in force
 * since 2007: second Sunday of March to first Sunday of November. Source of the closings: holidays.ts
 */

import type { EpochMs } from '../units/units.ts';
import { closingsOf, earlyClosesOf, FIRST_YEAR, LAST_YEAR, nthWeekday } from './holidays.ts';
import { addDays, dayOfDate, formatSessionDate, type SessionDate, weekday } from './session-date.ts';

export interface Session {
  readonly date: SessionDate;
  /** Start of the first minute. */
  readonly openMs: EpochMs;
  readonly minutes: number;
  readonly isHalfDay: boolean;
}

export const FULL_SESSION_MINUTES = 390;
const HALF_SESSION_MINUTES = 210;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const OPEN_OF_DAY_MS = 9.5 * HOUR_MS;

interface Year {
  readonly closings: Map<SessionDate, string>;
  readonly early: Map<SessionDate, string>;
  readonly summerFrom: SessionDate;
  readonly summerTo: SessionDate;
}

const years = new Map<number, Year>();

/** The session of a date, or null when the exchange is closed. Throws RangeError outside 2010–2028. */
export function sessionOn(date: SessionDate): Session | null {
  const year = yearOf(date);
  if (isWeekend(date) || year.closings.has(date)) return null;
  const isHalfDay = year.early.has(date);
  const offsetMs = date >= year.summerFrom && date < year.summerTo ? 4 * HOUR_MS : 5 * HOUR_MS;
  const openMs = dayOfDate(date) * DAY_MS + OPEN_OF_DAY_MS + offsetMs;
  return { date, openMs, minutes: isHalfDay ? HALF_SESSION_MINUTES : FULL_SESSION_MINUTES, isHalfDay };
}

/** Why a date has no session; null when it has one. */
export function whyClosed(date: SessionDate): string | null {
  if (isWeekend(date)) return 'weekend';
  return yearOf(date).closings.get(date) ?? null;
}

export function nextSession(date: SessionDate): Session {
  return nearest(date, 1);
}

export function previousSession(date: SessionDate): Session {
  return nearest(date, -1);
}

/** Sessions from `from` to `to`, both included. */
export function sessionsBetween(from: SessionDate, to: SessionDate): Session[] {
  const sessions: Session[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const session = sessionOn(date);
    if (session !== null) sessions.push(session);
  }
  return sessions;
}

/** The session and minute that contain an instant, or null outside trading hours. */
export function sessionAt(epochMs: EpochMs): { readonly session: Session; readonly minuteIndex: number } | null {
  // The open is at 13:30 or 14:30 UTC and the close before midnight UTC, so the UTC date is the session's date.
  const utc = new Date(epochMs);
  const date = utc.getUTCFullYear() * 10_000 + (utc.getUTCMonth() + 1) * 100 + utc.getUTCDate();
  const session = sessionOn(date);
  if (session === null) return null;
  const minuteIndex = Math.floor((epochMs - session.openMs) / MINUTE_MS);
  return minuteIndex >= 0 && minuteIndex < session.minutes ? { session, minuteIndex } : null;
}

function nearest(date: SessionDate, step: 1 | -1): Session {
  for (let day = addDays(date, step); ; day = addDays(day, step)) {
    const session = sessionOn(day);
    if (session !== null) return session;
  }
}

function isWeekend(date: SessionDate): boolean {
  const day = weekday(date);
  return day === 0 || day === 6;
}

function yearOf(date: SessionDate): Year {
  const number = Math.floor(date / 10_000);
  const known = years.get(number);
  if (known !== undefined) return known;
  if (number < FIRST_YEAR || number > LAST_YEAR) {
    const span = `${FIRST_YEAR} to ${LAST_YEAR}`;
    throw new RangeError(`date ${formatSessionDate(date)} is outside the exchange calendar, which covers ${span}`);
  }
  const year = {
    closings: closingsOf(number),
    early: earlyClosesOf(number),
    summerFrom: nthWeekday(number * 10_000 + 301, 0, 2),
    summerTo: nthWeekday(number * 10_000 + 1101, 0, 1),
  };
  years.set(number, year);
  return year;
}
