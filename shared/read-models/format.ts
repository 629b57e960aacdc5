/**
 * Numbers as people read them: dollars with sign and unit, counts whose plural agrees.
 */

import { MINUTE_MS, type PriceE4, toUsd, type UsdE4 } from '../domain/units/units.ts';

const DOLLARS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

const PRICE = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumFractionDigits: 4,
});

/** `$1,944.00`, `-$3.10`; what rounds to nothing has no sign. */
export function usd(value: number): string {
  return DOLLARS.format(Math.abs(value) < 0.005 ? 0 : value);
}

export function dollars(valueE4: UsdE4): string {
  return usd(toUsd(valueE4));
}

/** A price, with as many decimals as it has: `$243.05`, `$0.9991`. */
export function price(priceE4: PriceE4): string {
  return PRICE.format(toUsd(priceE4));
}

export function shares(count: number): string {
  return counted(count, 'share');
}

/** `1 exit`, `1,204 fills`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

const NEW_YORK = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'short',
});

export interface SessionSpan {
  readonly openMs: number;
  readonly minutes: number;
}

/** `12:41 ET` within the session, else `2025-01-02 12:41 ET`. */
export function marketTime(epochMs: number, { openMs, minutes }: SessionSpan): string {
  const [date, time] = NEW_YORK.format(epochMs).split(' ');
  const isToday = epochMs >= openMs && epochMs <= openMs + minutes * MINUTE_MS;
  return `${isToday ? '' : `${date} `}${time} ET`;
}

/** Controls, line ends, and what turns the direction of writing: in a foreign text they could hide or fake a line. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text of somebody's own words, fit for one line of a terminal or a page. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
