/**
 * Session dates as integers (20250103), and the day arithmetic that needs no time zone.
 */

export type SessionDate = number;

const DAY_MS = 86_400_000;

/** From `2025-01-03`. Throws RangeError naming the value for anything that is not a date. */
export function parseSessionDate(text: string): SessionDate {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) throw new RangeError(`date '${text}' is not of the form YYYY-MM-DD, such as 2025-01-03`);
  const date = Number(match[1]) * 10_000 + Number(match[2]) * 100 + Number(match[3]);
  if (dateOfDay(dayOfDate(date)) !== date) throw new RangeError(`date '${text}' does not exist in the calendar`);
  return date;
}

export function formatSessionDate(date: SessionDate): string {
  const text = String(date).padStart(8, '0');
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
}

/** Days since 1970-01-01. */
export function dayOfDate(date: SessionDate): number {
  return Date.UTC(Math.floor(date / 10_000), (Math.floor(date / 100) % 100) - 1, date % 100) / DAY_MS;
}

export function dateOfDay(day: number): SessionDate {
  const utc = new Date(day * DAY_MS);
  return utc.getUTCFullYear() * 10_000 + (utc.getUTCMonth() + 1) * 100 + utc.getUTCDate();
}

export function addDays(date: SessionDate, days: number): SessionDate {
  return dateOfDay(dayOfDate(date) + days);
}

/** 0 Sunday … 6 Saturday. */
export function weekday(date: SessionDate): number {
  return (((dayOfDate(date) + 4) % 7) + 7) % 7;
}
