/**
 * Whether a minute's message can be one of its run: what it says of session, minute, symbols and fills is compared with
 * the run's configuration and the calendar. Neither ever changes, so a contradiction is for good.
 */

import { sessionOn } from '../calendar/calendar.ts';
import type { Fill } from '../orders/types.ts';
import { type RunConfig, tradedMinutes } from './run-config.ts';
import { type EpochMs, MINUTE_MS } from '../units/units.ts';

export interface MinuteFacts {
  readonly session: number;
  readonly minuteIndex: number;
  readonly minutes: number;
  readonly openMs: EpochMs;
  /** Of its bars or signals, in their order. */
  readonly symbols: readonly string[];
  readonly fills: readonly Pick<Fill, 'symbol'>[];
}

export interface Contradiction {
  readonly field: string;
  readonly value: string;
  readonly fix: string;
}

/** The first field that cannot be, null when all may. */
export function contradictionOf(config: RunConfig, facts: MinuteFacts): Contradiction | null {
  return wrongAddress(config, facts) ?? wrongSymbols(config, facts);
}

function wrongAddress(config: RunConfig, { session, minuteIndex, minutes, openMs }: MinuteFacts): Contradiction | null {
  const day = sessionOn(session);
  if (day === null) return wrong('session', session, 'Send a date on which the exchange was open.');
  const traded = tradedMinutes(config, day);
  if (minutes !== traded) return wrong('minutes', minutes, `The run trades ${traded} minutes of that session.`);
  if (minuteIndex >= traded) return wrong('minuteIndex', minuteIndex, `Send a minute below ${traded}.`);
  const expectedMs = day.openMs + minuteIndex * MINUTE_MS;
  return openMs === expectedMs ? null : wrong('openMs', openMs, `That minute opens at ${expectedMs}.`);
}

function wrongSymbols({ symbols: expected }: RunConfig, { symbols, fills }: MinuteFacts): Contradiction | null {
  const isWhole = symbols.length === expected.length && expected.every((symbol, s) => symbol === symbols[s]);
  if (!isWhole) return wrong('symbols', symbols.join(','), `Send those of the run, in order: ${expected.join(',')}.`);
  const stranger = fills.findIndex(({ symbol }) => !expected.includes(symbol));
  if (stranger === -1) return null;
  return wrong(`fills.${stranger}.symbol`, fills[stranger]!.symbol, `The run trades ${expected.join(',')}.`);
}

function wrong(field: string, value: string | number, fix: string): Contradiction {
  return { field: `data.${field}`, value: String(value), fix };
}
