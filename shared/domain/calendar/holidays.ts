/**
 * Full-day closings and early closes of the New York exchanges, 2010–2028.
 *
 * Source: NYSE Rule 7.2 and the exchange's yearly notices (2026–2028 from the release of 2025-12-23); special closings
 * from the notices of their day. Checked against the XNYS calendar of the exchange_calendars package, see
 * test/fixtures/oracles/calendar.json.
 */

import { addDays, type SessionDate, weekday } from './session-date.ts';

export const FIRST_YEAR = 2010;
export const LAST_YEAR = 2028;

/** Closings that no yearly rule explains. */
const SPECIAL_CLOSINGS: readonly (readonly [SessionDate, string])[] = [
  [20_121_029, 'Hurricane Sandy'],
  [20_121_030, 'Hurricane Sandy'],
  [20_181_205, 'National day of mourning for George H. W. Bush'],
  [20_250_109, 'National day of mourning for Jimmy Carter'],
];

/** Easter Sundays, from which Good Friday follows. Source: the Gregorian computus. */
const EASTER: Readonly<Record<number, SessionDate>> = {
  2010: 20_100_404,
  2011: 20_110_424,
  2012: 20_120_408,
  2013: 20_130_331,
  2014: 20_140_420,
  2015: 20_150_405,
  2016: 20_160_327,
  2017: 20_170_416,
  2018: 20_180_401,
  2019: 20_190_421,
  2020: 20_200_412,
  2021: 20_210_404,
  2022: 20_220_417,
  2023: 20_230_409,
  2024: 20_240_331,
  2025: 20_250_420,
  2026: 20_260_405,
  2027: 20_270_328,
  2028: 20_280_416,
};

const JUNETEENTH_FROM = 2022;

const FRIDAY = 5;
const SATURDAY = 6;
const SUNDAY = 0;
const MONDAY = 1;
const THURSDAY = 4;

/** Every full-day closing of a year with its name. */
export function closingsOf(year: number): Map<SessionDate, string> {
  const y = year * 10_000;
  const closings = new Map<SessionDate, string>();
  // A New Year's Day on a Saturday is not observed on the Friday before: it belongs to another year's books.
  if (weekday(y + 101) !== SATURDAY) closings.set(mondayIfSunday(y + 101), "New Year's Day");
  closings.set(nthWeekday(y + 101, MONDAY, 3), 'Martin Luther King Jr. Day');
  closings.set(nthWeekday(y + 201, MONDAY, 3), "Presidents' Day");
  closings.set(addDays(EASTER[year]!, -2), 'Good Friday');
  closings.set(lastMonday(y + 531), 'Memorial Day');
  if (year >= JUNETEENTH_FROM) closings.set(observed(y + 619), 'Juneteenth');
  closings.set(observed(y + 704), 'Independence Day');
  closings.set(nthWeekday(y + 901, MONDAY, 1), 'Labor Day');
  closings.set(nthWeekday(y + 1101, THURSDAY, 4), 'Thanksgiving Day');
  closings.set(observed(y + 1225), 'Christmas Day');
  for (const [date, name] of SPECIAL_CLOSINGS) if (Math.floor(date / 10_000) === year) closings.set(date, name);
  return closings;
}

/** Sessions that close at 13:00: the day after Thanksgiving, Christmas Eve and the eve of Independence Day. */
export function earlyClosesOf(year: number): Map<SessionDate, string> {
  const y = year * 10_000;
  const early = new Map<SessionDate, string>();
  early.set(addDays(nthWeekday(y + 1101, THURSDAY, 4), 1), 'day after Thanksgiving');
  if (isMondayToThursday(y + 1224)) early.set(y + 1224, 'Christmas Eve');
  const eve = eveOfIndependenceDay(year);
  if (eve !== null) early.set(eve, 'eve of Independence Day');
  return early;
}

/** 3 July where it and the holiday after it are both weekdays. */
function eveOfIndependenceDay(year: number): SessionDate | null {
  const eve = year * 10_000 + 703;
  return isMondayToThursday(eve) ? eve : null;
}

function isMondayToThursday(date: SessionDate): boolean {
  const day = weekday(date);
  return day >= MONDAY && day <= THURSDAY;
}

/** Saturday → the Friday before, Sunday → the Monday after. */
function observed(date: SessionDate): SessionDate {
  return weekday(date) === SATURDAY ? addDays(date, FRIDAY - SATURDAY) : mondayIfSunday(date);
}

function mondayIfSunday(date: SessionDate): SessionDate {
  return weekday(date) === SUNDAY ? addDays(date, 1) : date;
}

/** The n-th given weekday at or after the first of a month. */
export function nthWeekday(first: SessionDate, day: number, n: number): SessionDate {
  return addDays(first, ((day - weekday(first) + 7) % 7) + 7 * (n - 1));
}

function lastMonday(last: SessionDate): SessionDate {
  return addDays(last, -((weekday(last) - MONDAY + 7) % 7));
}
