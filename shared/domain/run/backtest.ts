/**
 * Runs recorded or generated sessions through the core alone: the undisturbed run that every replay must equal.
 */

import type { Session } from '../calendar/calendar.ts';
import { dailyContentHash, LEDGER_VERSION, ledgerHash } from '../ledger/ledger.ts';
import type { BarTable } from '../market/bar-table.ts';
import { MinuteFrame } from '../market/frame.ts';
import { type Profile, readsDailyBars } from '../profile/profile.ts';
import { type DailyReturnRow, DailyReturns, varHistory } from '../risk/var.ts';
import { assert } from '../units/units.ts';
import { type RunConfig, tradedMinutes } from './run-config.ts';
import type { RunSummary } from './run-tally.ts';
import { SessionCore } from './session-core.ts';

export interface BacktestInput {
  readonly config: RunConfig;
  /** In order of time. */
  readonly sessions: Iterable<{ readonly session: Session; readonly table: BarTable }>;
  /** Daily bars of the symbols, read by profiles with a VaR limit only. */
  readonly dailyBars: readonly DailyReturnRow[];
  /** Computes every feature and observation, although the built-in policies read closes only. */
  readonly withFeatures?: boolean;
  /** Receives every ledger row as text. */
  readonly onRow?: (row: string) => void;
}

/** What a core made of its run. */
export function runBacktest(input: BacktestInput): RunSummary {
  const { config, dailyBars, onRow } = input;
  const core = new SessionCore({ config, withFeatures: input.withFeatures ?? false, ...(onRow && { onRow }) });
  const frame = new MinuteFrame(config.symbols.length);
  const sessions: { session: number; minutes: number }[] = [];
  const daily = new DailyReturns(config.symbols, dailyBars);
  for (const { session, table } of input.sessions) {
    const minutes = tradedMinutes(config, session);
    core.startSession(session, minutes, varHistory(core.profile, daily, session.date));
    for (let i = 0; i < minutes; i++) {
      table.readMinute(i, frame);
      core.step(i, frame);
    }
    sessions.push({ session: session.date, minutes });
  }
  return summarise(core, sessions, dailyBars);
}

/** `-` where the profile reads no daily bars. */
export function dailyHash(
  profile: Profile,
  config: RunConfig,
  dailyBars: readonly DailyReturnRow[],
  lastSession: number,
): string {
  return readsDailyBars(profile) ? dailyContentHash(config.symbols, dailyBars, lastSession) : '-';
}

function summarise(
  core: SessionCore,
  sessions: readonly { session: number; minutes: number }[],
  dailyBars: readonly DailyReturnRow[],
): RunSummary {
  const { config, risk, profile, record } = core;
  assert(record !== null, 'a backtest keeps its ledger');
  const lastSession = sessions.at(-1)?.session ?? 0;
  return record.tally.summary({
    symbols: config.symbols,
    bars: record.bars.bars,
    money: {
      openingE4: config.opening.cashE4,
      equityE4: risk.equityE4,
      feesE4: risk.account.feesE4,
      maxDrawdownE4: risk.equity.maxDrawdownE4,
      maxLimitDrawdownE4: risk.equity.maxLimitDrawdownE4,
      rearms: risk.rearms,
    },
    ledgerVersion: LEDGER_VERSION,
    ledgerHash: ledgerHash({
      config,
      feeTable: core.feeTable,
      sessions,
      barsHash: record.bars.digest(),
      dailyHash: dailyHash(profile, config, dailyBars, lastSession),
      rowsHash: record.ledger.digest(),
    }),
  });
}
