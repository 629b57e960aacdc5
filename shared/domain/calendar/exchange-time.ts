/**
 * Times and minutes as people read them, in every sentence and table: New York's clock, minutes of a session counted from 1.
 * Data keeps epoch milliseconds or UTC, and minutes counted from 0.
 */

import type { EpochMs } from '../units/units.ts';

/** Of all languages this one writes a date as yyyy-mm-dd. */
const NEW_YORK = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** `2026-01-05 13:39:00 ET`. Throws RangeError for what is not a time. */
export function exchangeTime(epochMs: EpochMs): string {
  return `${NEW_YORK.format(epochMs)} ET`;
}

/** `13:39`, for a sentence that says once that it is New York's. */
export function exchangeClock(epochMs: EpochMs): string {
  return exchangeTime(epochMs).slice(11, 16);
}

/** `minute 30` of the minute whose index is 29. */
export function minuteName(minuteIndex: number): string {
  return `minute ${minuteIndex + 1}`;
}
