/**
 * From the options of `start` to the stack file of a paper run; `prepare` writes the same for processes that stand
 * elsewhere.
 */

import type { SessionDate } from '../../shared/domain/calendar/session-date.ts';
import {
  type FeeTableName,
  newOpening,
  type PolicyName,
  type ProfileName,
} from '../../shared/domain/run/run-config.ts';
import type { UsdE4 } from '../../shared/domain/units/units.ts';
import type { NamedSource, PaceConfig, StackFile } from '../../shared/runtime/stack-file.ts';
import { feedOf } from './run-id.ts';
import { checkBars, recordedSource } from '../cli/options/recorded-bars.ts';
import { planStack, type StackPlan } from './stack-plan.ts';

const MAIN_BOOK = 'main';

/** What trades, on which market, how fast. */
export interface MarketOptions {
  readonly symbols: string[];
  readonly policy: PolicyName;
  readonly profile: ProfileName;
  readonly fees: FeeTableName;
  readonly account: UsdE4;
  readonly seed: number;
  readonly speed: PaceConfig;
  readonly startDate: SessionDate;
  readonly bars?: string;
  readonly daily?: string;
  readonly to?: SessionDate;
}

export async function planStart(
  options: MarketOptions,
  place: Pick<StackPlan, 'pagePort' | 'ports' | 'messaging'>,
): Promise<StackFile> {
  const source = sourceOf(options);
  return planStack({
    kind: 'paper',
    ...(options.bars === undefined && { bookId: MAIN_BOOK }),
    config: {
      market: options.bars === undefined ? 'generated' : 'recorded',
      broker: 'simulated',
      feed: feedOf(source),
      symbols: options.symbols,
      policy: options.policy,
      profile: options.profile,
      fees: options.fees,
      accountUsdE4: options.account,
      opening: newOpening(options.account),
      seed: options.seed,
      minutesMax: null,
      rearm: 'manual',
    },
    source,
    clock: options.speed,
    stage: 'default',
    ...place,
  });
}

function sourceOf(options: MarketOptions): NamedSource {
  if (options.bars === undefined) return { kind: 'generated', seed: options.seed, startSession: options.startDate };
  checkBars({ bars: options.bars, symbols: options.symbols, ...(options.daily && { daily: options.daily }) });
  const { startDate, to = startDate, symbols } = options;
  return recordedSource(options.bars, { from: startDate, to, symbols });
}
