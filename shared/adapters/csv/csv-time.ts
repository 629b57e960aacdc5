/**
 * Reads `2025-01-02T14:30:00Z` from bytes, and says of any other text what is wrong with it.
 */

/** Characters of the one form that is read. */
export const TIME_LENGTH = 20;

const ZERO = 48;
const DASH = 45;
const COLON = 58;
const LETTER_T = 84;
const LETTER_Z = 90;

export interface Refusal {
  readonly reason: string;
  readonly field: string;
  readonly value: string;
  readonly fix: string;
}

/** Date as an integer such as 20250102, or -1 where the bytes are not a date; its existence is not checked. */
export function readDate(bytes: Buffer, at: number): number {
  if (bytes[at + 4] !== DASH || bytes[at + 7] !== DASH) return -1;
  const century = twoDigits(bytes, at);
  const year = twoDigits(bytes, at + 2);
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  if (century < 0 || year < 0 || month < 0 || day < 0) return -1;
  return century * 1_000_000 + year * 10_000 + month * 100 + day;
}

/** Second of the UTC day from the time behind a date, or -1 where it is not of the form `T14:30:00Z`. */
export function readSecondOfDay(bytes: Buffer, dateAt: number): number {
  const at = dateAt + 10;
  if (bytes[at] !== LETTER_T || bytes[at + 3] !== COLON || bytes[at + 6] !== COLON) return -1;
  if (bytes[at + 9] !== LETTER_Z) return -1;
  const hour = twoDigits(bytes, at + 1);
  const minute = twoDigits(bytes, at + 4);
  const second = twoDigits(bytes, at + 7);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return -1;
  return hour * 3_600 + minute * 60 + second;
}

/** Why a text is not taken as a time: another zone, none at all, or no time. */
export function refuseTime(text: string): Refusal {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[-+]\d\d:?\d\d)?$/.exec(text);
  if (match === null) return { reason: 'unreadable-time', field: 'ts', value: text, fix: FORM };
  const zone = match[4];
  if (zone === 'Z') return { reason: 'unreadable-time', field: 'ts', value: text, fix: FORM };
  if (zone === undefined) return { reason: 'no-time-zone', field: 'ts', value: text, fix: `${FORM}: UTC, with Z` };
  const instant = Date.parse(`${match[1]}T${match[2]}${match[3] ?? ':00'}${zone}`);
  const utc = Number.isNaN(instant) ? '' : `: ${new Date(instant).toISOString().replace('.000Z', 'Z')}`;
  return { reason: 'not-utc', field: 'ts', value: text, fix: `write the time in UTC, with Z${utc}` };
}

const FORM = 'write the start of the minute like 2025-01-02T14:30:00Z';

function twoDigits(bytes: Buffer, at: number): number {
  const high = bytes[at]! - ZERO;
  const low = bytes[at + 1]! - ZERO;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : -1;
}
