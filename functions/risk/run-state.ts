/**
 * Where the account of a run stands: its risk stage, restored from the last stored snapshot.
 */

import { sessionOn } from '../../shared/domain/calendar/calendar.ts';
import { feeTable } from '../../shared/domain/execution/fee-tables.ts';
import { profile, readsDailyBars } from '../../shared/domain/profile/profile.ts';
import type { RiskSnapshot } from '../../shared/domain/risk/account-stage.ts';
import { RiskStage } from '../../shared/domain/risk/risk-stage.ts';
import { DailyReturns, VAR_ROWS_MAX, type VarHistory, varHistory } from '../../shared/domain/risk/var.ts';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import { assert } from '../../shared/domain/units/units.ts';
import type { Repositories } from '../../shared/ports/repositories.ts';

export interface RunState {
  readonly runId: string;
  readonly config: RunConfig;
  readonly stage: RiskStage;
  /** The session that the stage has been put into since it was loaded; 0: none yet. */
  enteredSession: number;
  /** Content of the daily bars that the stage's session is decided on; null where the profile reads none. */
  dailyHash: string | null;
}

export async function loadRunState(runId: string, repositories: Repositories): Promise<RunState> {
  const config = await repositories.runs.find(runId);
  assert(config !== null, `run ${runId} is recorded before its first message`);
  const stage = new RiskStage({
    symbols: config.symbols,
    profile: profile(config.profile),
    feeTable: feeTable(config.fees),
    opening: config.opening,
    rearm: config.rearm,
    seed: config.seed,
  });
  const row = await repositories.accounts.latest(runId);
  // The snapshot was written by this handler in the transaction of its minute.
  if (row !== null) stage.restore(JSON.parse(row.snapshot) as RiskSnapshot);
  return { runId, config, stage, enteredSession: 0, dailyHash: row?.dailyHash ?? null };
}

/** Starts the session, or puts a restored stage back into it. */
export async function enterSession(
  standing: RunState,
  at: { readonly session: number; readonly minutes: number },
  repositories: Repositories,
): Promise<void> {
  if (standing.enteredSession === at.session) return;
  const session = sessionOn(at.session);
  assert(session !== null, `${at.session} is a session of the calendar`);
  const history = await loadHistory(standing.config, at.session, repositories);
  const dailyHash = await loadDailyHash(standing.config, at.session, repositories);
  if (standing.stage.session === at.session) standing.stage.resumeSession(session, at.minutes, history);
  else standing.stage.startSession(session, at.minutes, history);
  standing.enteredSession = at.session;
  standing.dailyHash = dailyHash;
}

async function loadHistory(config: RunConfig, session: number, repositories: Repositories): Promise<VarHistory | null> {
  const limits = profile(config.profile);
  if (!readsDailyBars(limits)) return null;
  const rows = await repositories.dailyBars.before(config.symbols, session, VAR_ROWS_MAX);
  return varHistory(limits, new DailyReturns(config.symbols, rows), session);
}

/** As the ledger's header has it, for a run that ends with this session; null where the profile reads none. */
export async function loadDailyHash(
  { symbols, profile: name }: RunConfig,
  session: number,
  { dailyBars }: Pick<Repositories, 'dailyBars'>,
): Promise<string | null> {
  return readsDailyBars(profile(name)) ? dailyBars.contentHash(symbols, session) : null;
}
