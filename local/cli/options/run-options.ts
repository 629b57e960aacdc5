/**
 * The options that `replay` and `backtest` share, from the command line to the configuration of a run.
 */

import { type Command, Option } from 'commander';
import { sessionsBetween } from '../../../shared/domain/calendar/calendar.ts';
import { formatSessionDate, type SessionDate } from '../../../shared/domain/calendar/session-date.ts';
import { POLICY_NAMES } from '../../../shared/domain/policy/registry.ts';
import type { Market, RunConfig } from '../../../shared/domain/run/run-config.ts';
import { newOpening } from '../../../shared/domain/risk/opening.ts';
import { type RearmMode } from '../../../shared/domain/risk/types.ts';
import { FEE_TABLE_NAMES, type FeeTableName } from '../../../shared/domain/execution/fee-tables.ts';
import { PROFILE_NAMES, type ProfileName } from '../../../shared/domain/profile/profile.ts';
import type { UsdE4 } from '../../../shared/domain/units/units.ts';
import { EXIT_USAGE, Problem } from '../../problem.ts';
import {
  parseAccount,
  parseChoice,
  parseDate,
  parseFolder,
  parseInteger,
  parseSessionDay,
  parseSymbols,
  SEED_MAX,
  usageProblem,
} from './option-parsers.ts';

/** What `start` has in common with `replay` and `backtest`. */
export interface TradingOptions {
  readonly symbols: string[];
  readonly policy: string;
  readonly profile: ProfileName;
  readonly fees: FeeTableName;
  readonly account: UsdE4;
  readonly seed: number;
}

export interface RunOptions extends TradingOptions {
  readonly bars: string;
  readonly daily?: string;
  readonly date?: SessionDate;
  readonly from?: SessionDate;
  readonly to?: SessionDate;
  readonly minutes?: number;
  /** A session that a symbol lacks is refused instead of skipped. */
  readonly strict?: boolean;
  readonly rearm: RearmMode;
  readonly json?: boolean;
}

export function addRunOptions(command: Command, profiles: readonly ProfileName[]): Command {
  return addTradingOptions(command, profiles)
    .requiredOption('--symbols <list>', 'symbols with commas between them, such as AAPL,MSFT', parseSymbols)
    .requiredOption('--bars <dir>', 'folder with one CSV of 1-minute bars per symbol', parseFolder('--bars'))
    .option('--date <date>', 'one session, such as 2025-01-03', parseSessionDay('--date'))
    .option('--from <date>', 'first date of several sessions', parseDate('--from'))
    .option('--to <date>', 'last date of several sessions', parseDate('--to'))
    .option(
      '--minutes <n>',
      'stop after the first n minutes of each session, flat',
      parseInteger('--minutes', { min: 1, max: 390 }),
    )
    .option('--strict', 'refuse a range of which a symbol lacks a session, instead of skipping that session')
    .option('--daily <dir>', 'folder with the daily bars that profile enhanced needs', parseFolder('--daily'))
    .option(
      '--rearm <when>',
      'a halted account trades again: manual or session (at each open)',
      parseChoice('--rearm', ['manual', 'session']),
      'manual',
    )
    .option('--json', 'print one JSON object');
}

/** What `start` has in common with them. `profiles`: those that the command takes; of another one it says why not. */
export function addTradingOptions(command: Command, profiles: readonly ProfileName[]): Command {
  return command
    .option('--policy <name>', POLICY_NAMES.join(', '), parseChoice('--policy', POLICY_NAMES), 'rule')
    .option('--profile <name>', `risk limits: ${profiles.join(', ')}`, parseChoice('--profile', PROFILE_NAMES), 'basic')
    .option('--fees <table>', FEE_TABLE_NAMES.join(', '), parseChoice('--fees', FEE_TABLE_NAMES), 'tiered')
    .addOption(option('--account <usd>', 'opening cash in dollars', parseAccount, 25_000_000, '2500'))
    .addOption(
      option('--seed <n>', 'seed of everything random', parseInteger('--seed', { min: 0, max: SEED_MAX }), 1, '1'),
    );
}

/** Every profile but the one without limits. */
export const LIMITED_PROFILES = PROFILE_NAMES.filter((name) => name !== 'bench');

/** An option whose default is shown as a person would type it. */
export function option<Value>(
  flags: string,
  about: string,
  parse: (text: string) => Value,
  value: Value,
  shown: string,
): Option {
  return new Option(flags, about).argParser(parse).default(value, shown);
}

/** The sessions asked for. Throws Problem when the dates contradict each other or hold no session. */
export function sessionsOf(options: Pick<RunOptions, 'date' | 'from' | 'to'>): SessionDate[] {
  const { date, from, to } = options;
  if (date !== undefined && (from !== undefined || to !== undefined)) {
    throw usageProblem(
      '--date',
      formatSessionDate(date),
      'cannot be combined with --from and --to',
      'give either --date or --from and --to',
    );
  }
  if (date !== undefined) return [date];
  if (from === undefined && to === undefined) {
    throw new Problem('--date is missing', { fix: 'give --date 2025-01-03, or --from and --to', exitCode: EXIT_USAGE });
  }
  if (to === undefined) throw halfRange('--to', `--from ${formatSessionDate(from!)}`);
  if (from === undefined) throw halfRange('--from', `--to ${formatSessionDate(to)}`);
  const sessions = sessionsBetween(from, to).map((session) => session.date);
  if (sessions.length > 0) return sessions;
  throw usageProblem(
    '--to',
    formatSessionDate(to),
    `leaves no session after --from ${formatSessionDate(from)}`,
    'give a later --to, or an earlier --from',
  );
}

function halfRange(missing: string, given: string): Problem {
  return new Problem(`${missing} is missing: ${given} is one end of a range`, {
    fix: `add ${missing}, or give --date instead of ${given}`,
    exitCode: EXIT_USAGE,
  });
}

/** The run that the options ask for; without `minutes` and `rearm`, as `start` has it. */
export function runConfigOf(
  options: TradingOptions & Partial<Pick<RunOptions, 'minutes' | 'rearm'>>,
  market: Market = 'recorded',
): Omit<RunConfig, 'runId' | 'bookId'> {
  return {
    market,
    broker: 'simulated',
    symbols: options.symbols,
    policy: options.policy,
    profile: options.profile,
    fees: options.fees,
    accountUsdE4: options.account,
    opening: newOpening(options.account),
    seed: options.seed,
    minutesMax: options.minutes ?? null,
    rearm: options.rearm ?? 'manual',
  };
}

/** `bench` compares engines; nothing that goes through the stack may run under it. */
export function refuseBench(command: string, profile: ProfileName): void {
  if (profile !== 'bench') return;
  throw usageProblem(
    '--profile',
    'bench',
    `is refused by ${command}: it has no limits and exists to compare engines`,
    'use basic or enhanced, or ./jules backtest',
  );
}
