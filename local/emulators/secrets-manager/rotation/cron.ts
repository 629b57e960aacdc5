/**
 * Cron expressions as Secrets Manager reads them: minutes 0, year *, UTC, one of the two day fields `?`.
 *
 * Source: the user guide's "Schedule expressions in Secrets Manager rotation".
 */

export interface Cron {
  readonly hours: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly isDay: (date: Date) => boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A leap day on a given weekday comes back within 28 years; nothing that comes later is a schedule. */
const DAYS_AHEAD_MAX = 28 * 366;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Field {
  readonly what: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const HOUR: Field = { what: 'hours', min: 0, max: 23 };
const DAY_OF_MONTH: Field = { what: 'day of month', min: 1, max: 31 };
const MONTH: Field = { what: 'month', min: 1, max: 12, names: MONTHS };
const DAY_OF_WEEK: Field = { what: 'day of week', min: 1, max: 7, names: WEEKDAYS };

/** The text between the brackets. Throws RangeError naming the field. */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  if (fields.length !== 6) throw new RangeError(`a cron expression has 6 fields, this one has ${fields.length}`);
  if (minutes !== '0') throw new RangeError(`minutes are '${minutes}' and must be 0: windows open on the hour`);
  if (year !== '*') throw new RangeError(`the year is '${year}' and must be *`);
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) throw new RangeError('one of the two day fields must be ?');
  return {
    hours: valuesOf(hours, HOUR),
    months: valuesOf(month, MONTH),
    isDay: dayOfWeek === '?' ? parseDayOfMonth(dayOfMonth) : parseDayOfWeek(dayOfWeek),
  };
}

/** The first hour after `afterMs` that the expression names; null when there is none. */
export function nextCronMs(cron: Cron, afterMs: number): number | null {
  const hours = [...cron.hours].sort((a, b) => a - b);
  const firstDayMs = Math.floor(afterMs / DAY_MS) * DAY_MS;
  for (let days = 0; days < DAYS_AHEAD_MAX; days += 1) {
    const date = new Date(firstDayMs + days * DAY_MS);
    if (!cron.months.has(date.getUTCMonth() + 1) || !cron.isDay(date)) continue;
    const hour = hours.find((each) => date.getTime() + each * HOUR_MS > afterMs);
    if (hour !== undefined) return date.getTime() + hour * HOUR_MS;
  }
  return null;
}

function parseDayOfMonth(text: string): Cron['isDay'] {
  if (text === 'L') return (date) => date.getUTCDate() === daysInMonth(date);
  const days = valuesOf(text, DAY_OF_MONTH);
  return (date) => days.has(date.getUTCDate());
}

/** `3#2` is the second Tuesday, `5L` the last Thursday, `L` alone Saturday. */
function parseDayOfWeek(text: string): Cron['isDay'] {
  const nth = /^([A-Z0-9]+)#([1-5])$/i.exec(text);
  if (nth !== null) {
    const weekday = valueOf(nth[1] ?? '', DAY_OF_WEEK);
    return (date) => weekdayOf(date) === weekday && Math.ceil(date.getUTCDate() / 7) === Number(nth[2]);
  }
  const last = /^([A-Z0-9]+)L$/i.exec(text);
  if (last !== null && text.toUpperCase() !== 'L') {
    const weekday = valueOf(last[1] ?? '', DAY_OF_WEEK);
    return (date) => weekdayOf(date) === weekday && date.getUTCDate() + 7 > daysInMonth(date);
  }
  const weekdays = text.toUpperCase() === 'L' ? new Set([7]) : valuesOf(text, DAY_OF_WEEK);
  return (date) => weekdays.has(weekdayOf(date));
}

function valuesOf(text: string, field: Field): Set<number> {
  return new Set(text.split(',').flatMap((part) => range(part, field)));
}

/** `*`, `5`, `1-5`, `0/4`, `8-18/2` */
function range(text: string, field: Field): number[] {
  const match = /^(\*|[A-Z0-9]+)(?:-([A-Z0-9]+))?(?:\/(\d+))?$/i.exec(text);
  const [, from = '', to, step] = match ?? [];
  if (match === null || step === '0' || (from === '*' && to !== undefined)) throw unreadable(text, field);
  const first = from === '*' ? field.min : valueOf(from, field);
  const isOpen = from === '*' || (step !== undefined && to === undefined);
  const last = to === undefined ? (isOpen ? field.max : first) : valueOf(to, field);
  if (last < first) throw unreadable(text, field);
  const by = Number(step ?? 1);
  return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, at) => first + at * by);
}

function valueOf(text: string, field: Field): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + field.min : Number(text);
  if (!Number.isInteger(value) || value < field.min || value > field.max) throw unreadable(text, field);
  return value;
}

function unreadable(text: string, { what, min, max }: Field): RangeError {
  return new RangeError(`${what} '${text}' is not within ${min}-${max}`);
}

function weekdayOf(date: Date): number {
  return date.getUTCDay() + 1;
}

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}
