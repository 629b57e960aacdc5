/**
 * Numbers, times and foreign texts as people read them: dollars with sign and unit, counts whose plural agrees.
 */

import { exchangeTime } from '../domain/calendar/exchange-time.ts';
import { usdText } from '../domain/units/money-text.ts';
import { MINUTE_MS } from '../domain/units/units.ts';

const E4_PER_USD = 10_000;

/** `$1,944.00` of an amount in dollars, which the page's state is in. */
export function usd(value: number): string {
  return usdText(Math.round(value * E4_PER_USD));
}

export function shares(count: number): string {
  return counted(count, 'share');
}

/** `1 exit`, `1,204 fills`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

export interface SessionSpan {
  readonly openMs: number;
  readonly minutes: number;
}

/** `12:41 ET` within the session, else `2025-01-02 12:41 ET`. */
export function marketTime(epochMs: number, { openMs, minutes }: SessionSpan): string {
  const [date = '', time = ''] = exchangeTime(epochMs).split(' ');
  const isToday = epochMs >= openMs && epochMs <= openMs + minutes * MINUTE_MS;
  return `${isToday ? '' : `${date} `}${time.slice(0, 5)} ET`;
}

/** Controls, line ends, and what turns the direction of writing: in a foreign text they could hide or fake a line. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text of somebody's own words, fit for one line of a terminal or a page. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
