/**
 * Parsers of option values. Each throws Problem (exit code 2) naming the option, the value and the fix.
 */

import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { RUN_ID, SYMBOL } from '../../../shared/contracts/envelope.ts';
import { nextSession, previousSession, sessionOn, whyClosed } from '../../../shared/domain/calendar/calendar.ts';
import { FIRST_YEAR, LAST_YEAR } from '../../../shared/domain/calendar/holidays.ts';
import { formatSessionDate, parseSessionDate, type SessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { type UsdE4, usdE4FromUsd } from '../../../shared/domain/units/units.ts';
import type { HostAndPort } from '../../../shared/runtime/addresses.ts';
import type { PaceConfig } from '../../../shared/ports/stack-status.ts';
import { EXIT_USAGE, messageOf, Problem } from '../../problem.ts';

const SYMBOLS_MAX = 500;
const ACCOUNT_USD_MAX = 1_000_000_000;
const SPEED_MAX = 100_000;
export const SEED_MAX = 0xffff_ffff;

export function usageProblem(option: string, value: string, wrong: string, fix: string): Problem {
  return new Problem(`${option}: '${value}' ${wrong}`, { fix, exitCode: EXIT_USAGE });
}

/** `AAPL,MSFT` → byte-sorted. */
export function parseSymbols(text: string): string[] {
  const symbols = text.split(',').map((part) => part.trim());
  for (const symbol of symbols) checkSymbol(symbol, text);
  const repeated = symbols.find((symbol, at) => symbols.indexOf(symbol) !== at);
  if (repeated !== undefined) {
    throw usageProblem(
      '--symbols',
      text,
      `names ${repeated} twice`,
      `give each symbol once: --symbols ${[...new Set(symbols)].join(',')}`,
    );
  }
  if (symbols.length > SYMBOLS_MAX)
    throw usageProblem('--symbols', `${symbols.length} symbols`, 'are too many', `give at most ${SYMBOLS_MAX}`);
  return symbols.sort();
}

export function parseBook(text: string): string {
  if (RUN_ID.safeParse(text).success) return text;
  const fix = 'give small letters, digits, dots and dashes, at most 64, such as --book main';
  throw usageProblem('--book', text, 'is not a name of a book', fix);
}

function checkSymbol(symbol: string, text: string): void {
  if (SYMBOL.safeParse(symbol).success) return;
  const upper = symbol.toUpperCase();
  const fix = SYMBOL.safeParse(upper).success
    ? `write it in capitals: ${upper}`
    : 'give capital letters, digits, dot or dash, at most 12, with commas between symbols: AAPL,MSFT';
  throw usageProblem(
    '--symbols',
    text,
    symbol === '' ? 'holds an empty symbol' : `holds '${symbol}', which is not a symbol`,
    fix,
  );
}

export function parseDate(option: string): (text: string) => SessionDate {
  return (text) => {
    const date = existingDate(option, text);
    const year = Math.floor(date / 10_000);
    if (year >= FIRST_YEAR && year <= LAST_YEAR) return date;
    const wrong = 'is outside the exchange calendar';
    throw usageProblem(option, text, wrong, `give a date between ${FIRST_YEAR}-01-01 and ${LAST_YEAR}-12-31`);
  };
}

function existingDate(option: string, text: string): SessionDate {
  try {
    return parseSessionDate(text);
  } catch (error) {
    throw new Problem(`${option}: ${messageOf(error)}`, {
      fix: `give a date such as ${option} 2025-01-03`,
      exitCode: EXIT_USAGE,
    });
  }
}

/** A date on which the exchange is open. */
export function parseSessionDay(option: string): (text: string) => SessionDate {
  return (text) => {
    const date = parseDate(option)(text);
    if (sessionOn(date) !== null) return date;
    const [before, after] = [previousSession(date), nextSession(date)].map((session) =>
      formatSessionDate(session.date),
    );
    const reason = whyClosed(date) ?? 'closed';
    throw usageProblem(
      option,
      text,
      `is not a trading day (${reason})`,
      `the nearest sessions are ${before} and ${after}`,
    );
  };
}

export function parseChoice<Name extends string>(option: string, names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    throw usageProblem(option, text, 'is not known', `give one of: ${names.join(', ')}`);
  };
}

export function parseInteger(option: string, range: { min: number; max: number }): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= range.min && value <= range.max) return value;
    throw usageProblem(
      option,
      text,
      'is not a whole number in range',
      `give a number from ${range.min} to ${range.max}`,
    );
  };
}

/** Dollars with at most four decimals. */
export function parseAccount(text: string): UsdE4 {
  const usd = Number(text);
  if (/^\d+(\.\d{1,4})?$/.test(text) && usd >= 1 && usd <= ACCOUNT_USD_MAX) return usdE4FromUsd(usd);
  throw usageProblem(
    '--account',
    text,
    'is not an amount in dollars',
    `give dollars from 1 to ${ACCOUNT_USD_MAX}, such as --account 2500`,
  );
}

export function parseSpeed(text: string): PaceConfig {
  if (text === 'max') return { kind: 'max' };
  if (text === 'realtime') return { kind: 'realtime' };
  const factor = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && factor > 0 && factor <= SPEED_MAX) return { kind: 'speed', factor };
  throw usageProblem(
    '--speed',
    text,
    'is not a speed',
    `give max, realtime, or a factor up to ${SPEED_MAX} such as 60`,
  );
}

export function parseEndpoint(option: string): (text: string) => string {
  return (text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/') return url.origin;
    throw usageProblem(option, text, 'is not an address', `give one such as ${option} http://127.0.0.1:4566`);
  };
}

export function parseRegion(option: string): (text: string) => string {
  return (text) => {
    if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)) return text;
    throw usageProblem(option, text, 'is not an AWS region', `give one such as ${option} us-east-1`);
  };
}

const REGION_DEFAULT = 'us-east-1';

/** As the environment says. */
export function regionOf(env: Readonly<Record<string, string | undefined>>): string {
  const name = env['AWS_REGION'] ? 'AWS_REGION' : 'AWS_DEFAULT_REGION';
  return parseRegion(name)(env[name] || REGION_DEFAULT);
}

/** `db.example.org:5432` */
export function parseServer(option: string): (text: string) => HostAndPort {
  return (text) => {
    const [, host = '', digits = ''] = /^\[?([\w.:-]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
    const port = Number(digits);
    if (host !== '' && port >= 1 && port <= 65_535) return { host, port };
    throw usageProblem(option, text, 'is not a server', `give host and port, such as ${option} 127.0.0.1:15432`);
  };
}

/** `--set key=value`, one after the other. */
export function parseSetting(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, key, value] = /^([a-zA-Z]+)=(.+)$/.exec(text) ?? [];
  if (key !== undefined && value !== undefined) return { ...before, [key]: value };
  throw usageProblem(
    '--set',
    text,
    'is not of the form key=value',
    'give one such as --set alarmEmail=ops@example.org',
  );
}

/** An existing folder, as an absolute path: the processes of the stack have other working folders. */
export function parseFolder(option: string): (text: string) => string {
  return (text) => {
    const path = resolve(text);
    if (existsSync(path) && statSync(path).isDirectory()) return path;
    const wrong = existsSync(path) ? 'is a file' : 'does not exist';
    throw usageProblem(option, text, wrong, 'give a folder with one CSV file per symbol, such as AAPL.csv');
  };
}
