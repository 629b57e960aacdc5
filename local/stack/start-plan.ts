/**
 * From the options of `start` to the stack file of a paper run; `prepare` writes the same for processes that stand
 * elsewhere.
 */

import type { SessionDate } from '../../shared/domain/calendar/session-date.ts';
import { MAIN_BOOK } from '../../shared/domain/run/run-config.ts';
import { newOpening } from '../../shared/domain/risk/opening.ts';
import { type FeeTableName } from '../../shared/domain/execution/fee-tables.ts';
import { type ProfileName } from '../../shared/domain/profile/profile.ts';
import type { UsdE4 } from '../../shared/domain/units/units.ts';
import type { NamedSource, StackFile } from '../../shared/runtime/stack-file.ts';
import type { PaceConfig } from '../../shared/ports/stack-status.ts';
import { EXIT_USAGE, Problem } from '../problem.ts';
import { chooseRun } from './run-registry.ts';
import { checkBars, recordedSessions, sessionsHeld } from '../cli/options/recorded-bars.ts';
import { judge, type MissingSession, splitMissing } from '../cli/options/recorded-run.ts';
import { planStack, type StackPlan } from './stack-plan.ts';

/** What trades, on which market, how fast. */
export interface MarketOptions {
  readonly symbols: string[];
  readonly policy: string;
  readonly profile: ProfileName;
  readonly fees: FeeTableName;
  readonly account: UsdE4;
  readonly seed: number;
  readonly speed: PaceConfig;
  readonly startDate: SessionDate;
  readonly bars?: string;
  readonly daily?: string;
  readonly to?: SessionDate;
  /** Whose cash, peak and standing causes the run continues. */
  readonly book: string;
  /** Begins another run instead of continuing the one that these options have. */
  readonly newRun?: boolean;
}

export interface StartPlan {
  readonly file: StackFile;
  readonly isNewRun: boolean;
  readonly firstSession: SessionDate;
  /** Recorded sessions that are skipped, since a symbol has no row of them. */
  readonly missing: readonly MissingSession[];
}

/** Throws Problem where the bars cannot be read, or where the run of these options cannot be continued. */
export async function planStart(
  options: MarketOptions,
  place: Pick<StackPlan, 'pagePort' | 'ports' | 'messaging'> & { readonly dataDir: string },
): Promise<StartPlan> {
  const { dataDir, ...where } = place;
  if (options.bars !== undefined && options.book !== MAIN_BOOK) throw bookOfRecordedBars(options.book);
  const { source, missing } = sourceOf(options);
  const config = configOf(options);
  const book = options.bars === undefined ? { bookId: options.book } : {};
  const { opening: _, ...chosen } = config;
  const { runId, isNew } = chooseRun(dataDir, {
    config: { ...chosen, ...book },
    market: marketOf(options),
    isNew: options.newRun === true,
  });
  const plan = { kind: 'paper', config, ...book, runId, source, clock: options.speed, stage: 'default' } as const;
  const firstSession = source.kind === 'generated' ? source.startSession : (source.sessions[0] ?? options.startDate);
  return { file: await planStack({ ...plan, ...where }), isNewRun: isNew, firstSession, missing };
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

function configOf(options: MarketOptions): StackPlan['config'] {
  return {
    market: options.bars === undefined ? 'generated' : 'recorded',
    broker: 'simulated',
    symbols: options.symbols,
    policy: options.policy,
    profile: options.profile,
    fees: options.fees,
    accountUsdE4: options.account,
    opening: newOpening(options.account),
    seed: options.seed,
    minutesMax: null,
    rearm: 'manual',
  };
}

/** As the operator said it: what the folder of bars holds today does not decide which run is meant. */
function marketOf({ bars, startDate, to = startDate }: MarketOptions): object {
  return bars === undefined ? { startDate } : { bars, startDate, to };
}

function sourceOf(options: MarketOptions): {
  readonly source: NamedSource;
  readonly missing: readonly MissingSession[];
} {
  if (options.bars === undefined) {
    return { source: { kind: 'generated', seed: options.seed, startSession: options.startDate }, missing: [] };
  }
  checkBars({ bars: options.bars, symbols: options.symbols, ...(options.daily && { daily: options.daily }) });
  const { bars, startDate, to = startDate, symbols } = options;
  // Reading and judging them now says here, and not in the middle of the run, what cannot be played.
  const { kept, missing } = splitMissing(bars, symbols, sessionsHeld(bars, symbols, { from: startDate, to }));
  for (const each of recordedSessions({ bars, symbols, sessions: kept })) judge(symbols, { ...each, minutesMax: null });
  return { source: { kind: 'csv', barsDir: bars, sessions: [...kept] }, missing };
}
