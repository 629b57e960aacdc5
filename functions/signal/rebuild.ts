/**
 * Folds what was stored of a run into the state that the next minute is decided on.
 *
 * A minute that this function never handled, because it was in quarantine, has no bars here, whatever is stored for it;
 * its fills count.
 */

import type { BarsReadyData } from '../../shared/contracts/bars-ready.v1.ts';
import { Account } from '../../shared/domain/account/account.ts';
import { type Session, sessionOn } from '../../shared/domain/calendar/calendar.ts';
import { PROFILE_SESSIONS_MAX } from '../../shared/domain/features/volume-profile.ts';
import type { MinuteFrame } from '../../shared/domain/market/frame.ts';
import { eachStoredMinute } from '../../shared/domain/market/stored-minutes.ts';
import { profile } from '../../shared/domain/profile/profile.ts';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import { SignalStage } from '../../shared/domain/sizing/signal-stage.ts';
import { assert, MINUTE_MS } from '../../shared/domain/units/units.ts';
import { minutesMissed } from './missed-minutes.ts';
import { reconcileObservation } from './reconcile.ts';
import type { RiskSnapshot } from '../../shared/domain/risk/account-stage.ts';
import type { AccountRow } from '../../shared/ports/repositories/accounts.ts';
import type { Repositories } from '../../shared/ports/repositories.ts';
import type { SessionRow } from '../../shared/ports/repositories/runs.ts';

/** Stage and account as they are before `nextMinute` of one session of one run. */
export interface SignalFold {
  readonly runId: string;
  readonly session: number;
  readonly config: RunConfig;
  readonly stage: SignalStage;
  readonly account: Account;
  nextMinute: number;
}

/** Throws RefusedMessageError where this gives another observation than the last minute was decided on. */
export async function rebuildSignal(
  config: RunConfig,
  data: BarsReadyData,
  repositories: Repositories,
): Promise<SignalFold> {
  const { runId, symbols, seed } = config;
  const stage = new SignalStage({ symbols, profile: profile(config.profile), seed, withFeatures: true });
  await foldPastSessions(stage, { config, before: data.session }, repositories);

  stage.startSession(sessionOf(data.session), data.minutes);
  const last = await repositories.accounts.latestBefore(runId, data.session);
  const account = last === null ? new Account(symbols.length, config.opening.cashE4) : accountOf(last);
  const fold = { runId, session: data.session, nextMinute: data.minuteIndex, config, stage, account };
  if (data.minuteIndex === 0) return fold;

  const fills = Map.groupBy(await repositories.execution.fills(runId, data.session), (fill) => fill.minuteIndex);
  const openMs = data.openMs - data.minuteIndex * MINUTE_MS;
  const past = { session: data.session, openMs, minutes: data.minuteIndex };
  await foldStoredBars(config, past, repositories, (minute, frame) => {
    for (const fill of fills.get(minute) ?? []) account.applyFill(fill, symbols.indexOf(fill.symbol));
    account.mark(frame);
    stage.update(minute, frame);
  });
  const lastMinute = { session: data.session, minuteIndex: data.minuteIndex - 1 };
  await reconcileObservation(config, lastMinute, stage.observe(account).observation, repositories);
  return fold;
}

/** As risk left it at the last close, with what a broker may have carried over night. */
function accountOf({ snapshot }: AccountRow): Account {
  // The snapshot was written by the risk stage in the transaction of its minute.
  return Account.restore((JSON.parse(snapshot) as RiskSnapshot).account);
}

/**
 * What a minute usually trades is known from the sessions before, of which only volumes count. A session whose last
 * minute signal did not handle has kept none: its bars are folded.
 */
async function foldPastSessions(
  stage: SignalStage,
  { config, before }: { config: RunConfig; before: number },
  repositories: Repositories,
): Promise<void> {
  const { runId, symbols } = config;
  const sessions = await repositories.runs.sessions(runId);
  const past = sessions.filter((row) => row.session < before).slice(-PROFILE_SESSIONS_MAX);
  const kept = await repositories.volumes.of(
    runId,
    past.map(({ session }) => session),
  );
  const bySession = Map.groupBy(kept, ({ session }) => session);
  for (const row of past) {
    const volumes = new Map(bySession.get(row.session)?.map((each) => [each.symbol, each.volumes]));
    if (volumes.size > 0) {
      const bySymbol = symbols.map((symbol) => volumes.get(symbol) ?? []);
      stage.foldVolumes(row.session, bySymbol);
      continue;
    }
    stage.startSession(sessionOf(row.session), row.minutes);
    await foldStoredBars(config, row, repositories, (minute, frame) => stage.update(minute, frame));
  }
}

type Span = Pick<SessionRow, 'session' | 'openMs' | 'minutes'>;

/** Minutes of a session from its first on, as this function handled them. */
async function foldStoredBars(
  { runId, symbols }: RunConfig,
  { session, openMs, minutes }: Span,
  repositories: Repositories,
  step: (minute: number, frame: MinuteFrame) => void,
): Promise<void> {
  const range = { fromMs: openMs, toMs: openMs + minutes * MINUTE_MS };
  const bars = await repositories.bars.between({ runId, session }, range);
  const missed = await minutesMissed(runId, session, repositories);
  eachStoredMinute({ symbols, openMs, minutes, bars, without: missed.get(session) ?? new Set() }, step);
}

function sessionOf(date: number): Session {
  const session = sessionOn(date);
  assert(session !== null, `${date} is a session of the calendar`);
  return session;
}
