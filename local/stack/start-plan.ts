/**
 * From the options of `start` to the stack file of a paper run; `prepare` writes the same for processes that stand
 * elsewhere.
 *
 * `readMarket` is asked before anything is made on disk: what the options alone say wrong is said there.
 */

import { sessionsBetween } from '../../shared/domain/calendar/calendar.ts';
import { formatSessionDate, type SessionDate } from '../../shared/domain/calendar/session-date.ts';
import { MAIN_BOOK } from '../../shared/domain/run/run-config.ts';
import type { NamedSource, StackFile } from '../../shared/runtime/stack-file.ts';
import type { PaceConfig } from '../../shared/ports/stack-status.ts';
import { EXIT_USAGE, Problem } from '../problem.ts';
import { begunSessions } from './begun-sessions.ts';
import { chooseRun, knownRun, type RunWanted } from './run-registry.ts';
import { checkBars, recordedSessions, sessionsHeld } from '../cli/options/recorded-bars.ts';
import {
  judge,
  type MissingSession,
  refuseMissing,
  type SplitSessions,
  splitMissing,
} from '../cli/options/recorded-run.ts';
import { usageProblem } from '../cli/options/option-parsers.ts';
import { runConfigOf, type TradingOptions } from '../cli/options/run-options.ts';
import { planStack, type StackPlan } from './stack-plan.ts';

/** What trades, on which market, how fast. */
export interface MarketOptions extends TradingOptions {
  readonly speed: PaceConfig;
  readonly startDate: SessionDate;
  readonly bars?: string;
  readonly daily?: string;
  readonly to?: SessionDate;
  /** A recorded session that a symbol lacks is refused instead of skipped. */
  readonly strict?: boolean;
  /** Whose cash, peak and standing causes the run continues; by default the main one. */
  readonly book?: string;
  /** Begins another run instead of continuing the one that these options have. */
  readonly newRun?: boolean;
}

export interface StartMarket {
  readonly source: NamedSource;
  readonly firstSession: SessionDate;
  /** Recorded sessions that are skipped, since a symbol has no row of them. */
  readonly missing: readonly MissingSession[];
  /**
   * Throws Problem where a session after this one, or any if null, cannot be played. Which sessions of a run are over its
   * database knows, so that this is asked once it is up; a run that begins has been judged by then.
   */
  readonly judgeAfter: (over: SessionDate | null) => void;
}

export interface StartPlan {
  readonly file: StackFile;
  readonly isNewRun: boolean;
}

const NOTHING_READ = { missing: [], judgeAfter: () => undefined } as const;

/** Throws Problem where options contradict each other, or the bars of a run that begins cannot be played. */
export function readMarket(options: MarketOptions, dataDir: string): StartMarket {
  const { bars, book, startDate, seed, to } = options;
  if (bars !== undefined) {
    if (book !== undefined) throw bookOfRecordedBars(book);
    if (to !== undefined && to < startDate) throw reversedRange(startDate, to);
    const runId = knownRun(dataDir, wantedRun(options));
    const begun = runId === null ? [] : begunSessions(dataDir, runId);
    return begun.length === 0 ? readBars({ ...options, bars }) : readMoreBars({ ...options, bars }, begun);
  }
  if (to !== undefined) throw withoutBars('--to');
  if (options.strict === true) throw withoutBars('--strict');
  return { source: { kind: 'generated', seed, startSession: startDate }, firstSession: startDate, ...NOTHING_READ };
}

/** Throws Problem where the run of these options cannot be continued. */
export async function planStart(
  options: MarketOptions,
  { source }: Pick<StartMarket, 'source'>,
  place: Pick<StackPlan, 'pagePort' | 'ports' | 'messaging'> & { readonly dataDir: string },
): Promise<StartPlan> {
  const { dataDir, ...where } = place;
  const config = configOf(options);
  const book = bookOf(options);
  const { runId, isNew } = chooseRun(dataDir, wantedRun(options));
  const plan = { kind: 'paper', config, ...book, runId, source, clock: options.speed, stage: 'default' } as const;
  return { file: await planStack({ ...plan, ...where }), isNewRun: isNew };
}

function wantedRun(options: MarketOptions): RunWanted {
  const { opening: _, ...chosen } = configOf(options);
  const config = { ...chosen, ...bookOf(options) };
  return { config, market: marketOf(options), isNew: options.newRun === true };
}

function configOf(options: MarketOptions) {
  return runConfigOf(options, options.bars === undefined ? 'generated' : 'recorded');
}

/** Recorded bars are played on a book of their own. */
function bookOf({ bars, book = MAIN_BOOK }: MarketOptions): { readonly bookId?: string } {
  return bars === undefined ? { bookId: book } : {};
}

function reversedRange(startDate: SessionDate, to: SessionDate): Problem {
  return usageProblem(
    '--to',
    formatSessionDate(to),
    `is before --start-date ${formatSessionDate(startDate)}`,
    'give a later --to, or an earlier --start-date',
  );
}

function bookOfRecordedBars(book: string): Problem {
  return new Problem(
    `--book: '${book}' cannot be combined with --bars: recorded bars are played on a book of their own`,
    {
      fix: 'leave out --book, or leave out --bars',
      exitCode: EXIT_USAGE,
    },
  );
}

function withoutBars(option: string): Problem {
  return new Problem(`${option} is for recorded bars, and --bars is missing: the generated market has every session`, {
    fix: `leave out ${option}, or give --bars DIR`,
    exitCode: EXIT_USAGE,
  });
}

/** As the operator said it: what the folder of bars holds today does not decide which run is meant. */
function marketOf({ bars, startDate, to = startDate }: MarketOptions): object {
  return bars === undefined ? { startDate } : { bars, startDate, to };
}

interface RecordedOptions extends MarketOptions {
  readonly bars: string;
}

/** Of a run that begins: reading and judging its sessions says now, and not in its middle, what cannot be played. */
function readBars(options: RecordedOptions): StartMarket {
  const { bars, startDate, symbols } = options;
  const { kept, missing } = readSessions(options);
  if (options.strict === true) refuseMissing(missing);
  judgeAll({ bars, symbols, sessions: kept });
  const source = { kind: 'csv' as const, barsDir: bars, sessions: [...kept] };
  return { ...NOTHING_READ, source, firstSession: kept[0] ?? startDate, missing };
}

/** Of a run that has begun: rows of what is over may be edited or gone, and a run that is over has nothing to be refused for. */
function readMoreBars(options: RecordedOptions, begun: readonly SessionDate[]): StartMarket {
  const { bars, symbols, startDate, to = startDate } = options;
  const { kept, missing: all, trouble } = readWhatIsLeft(options);
  const missing = all.filter(({ session }) => !begun.includes(session));
  if (options.strict === true) refuseMissing(missing);
  const sessions = [...new Set([...begun, ...kept])].sort((one, other) => one - other);
  const judgeAfter = (over: SessionDate | null): void => {
    const isLeft = (date: SessionDate): boolean => over === null || date > over;
    if (trouble !== null && sessionsBetween(startDate, to).some(({ date }) => isLeft(date))) throw trouble;
    judgeAll({ bars, symbols, sessions: sessions.filter(isLeft) });
  };
  return { source: { kind: 'csv', barsDir: bars, sessions }, firstSession: sessions[0]!, missing, judgeAfter };
}

function readSessions({ bars, symbols, startDate, to = startDate }: RecordedOptions): SplitSessions {
  checkBars({ bars, symbols });
  return splitMissing(bars, symbols, sessionsHeld(bars, symbols, { from: startDate, to }));
}

function readWhatIsLeft(options: RecordedOptions): SplitSessions & { readonly trouble: Problem | null } {
  try {
    return { ...readSessions(options), trouble: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { kept: [], missing: [], trouble: error };
  }
}

function judgeAll(played: { bars: string; symbols: readonly string[]; sessions: readonly SessionDate[] }): void {
  if (played.sessions.length === 0) return;
  for (const each of recordedSessions(played)) judge(played.symbols, { ...each, minutesMax: null });
}
