/**
 * From the options of `start` to the stack file of a paper run; `prepare` writes the same for processes that stand
 * elsewhere.
 *
 * `readMarket` is asked before anything is made on disk: what the options alone say wrong is said there.
 */

import type { SessionDate } from '../../shared/domain/calendar/session-date.ts';
import { MAIN_BOOK } from '../../shared/domain/run/run-config.ts';
import type { NamedSource, StackFile } from '../../shared/runtime/stack-file.ts';
import type { PaceConfig } from '../../shared/ports/stack-status.ts';
import { EXIT_USAGE, Problem } from '../problem.ts';
import { chooseRun } from './run-registry.ts';
import { checkBars, recordedSessions, sessionsHeld } from '../cli/options/recorded-bars.ts';
import { judge, type MissingSession, refuseMissing, splitMissing } from '../cli/options/recorded-run.ts';
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
}

export interface StartPlan {
  readonly file: StackFile;
  readonly isNewRun: boolean;
}

/** Throws Problem where options contradict each other, or the bars cannot be read. */
export function readMarket(options: MarketOptions): StartMarket {
  const { bars, book, startDate, seed } = options;
  if (bars !== undefined) {
    if (book !== undefined) throw bookOfRecordedBars(book);
    return readBars({ ...options, bars });
  }
  if (options.to !== undefined) throw withoutBars('--to');
  if (options.strict === true) throw withoutBars('--strict');
  return { source: { kind: 'generated', seed, startSession: startDate }, firstSession: startDate, missing: [] };
}

/** Throws Problem where the run of these options cannot be continued. */
export async function planStart(
  options: MarketOptions,
  { source }: Pick<StartMarket, 'source'>,
  place: Pick<StackPlan, 'pagePort' | 'ports' | 'messaging'> & { readonly dataDir: string },
): Promise<StartPlan> {
  const { dataDir, ...where } = place;
  const config = runConfigOf(options, options.bars === undefined ? 'generated' : 'recorded');
  const book = options.bars === undefined ? { bookId: options.book ?? MAIN_BOOK } : {};
  const { opening: _, ...chosen } = config;
  const { runId, isNew } = chooseRun(dataDir, {
    config: { ...chosen, ...book },
    market: marketOf(options),
    isNew: options.newRun === true,
  });
  const plan = { kind: 'paper', config, ...book, runId, source, clock: options.speed, stage: 'default' } as const;
  return { file: await planStack({ ...plan, ...where }), isNewRun: isNew };
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

function readBars(options: MarketOptions & { readonly bars: string }): StartMarket {
  const { bars, startDate, to = startDate, symbols, daily } = options;
  checkBars({ bars, symbols, ...(daily !== undefined && { daily }) });
  // Reading and judging them now says here, and not in the middle of the run, what cannot be played.
  const { kept, missing } = splitMissing(bars, symbols, sessionsHeld(bars, symbols, { from: startDate, to }));
  if (options.strict === true) refuseMissing(missing);
  for (const each of recordedSessions({ bars, symbols, sessions: kept })) judge(symbols, { ...each, minutesMax: null });
  return { source: { kind: 'csv', barsDir: bars, sessions: [...kept] }, firstSession: kept[0] ?? startDate, missing };
}
