/**
 * Folds what was stored of a run into the state that the next minute is decided on.
 *
 * A minute that this function never handled, because it was in quarantine, has no bars here, whatever is stored for it;
 * its fills count.
 */

import type { BarsReadyData } from '../../shared/contracts/bars-ready.v1.ts';
import { Account } from '../../shared/domain/account/account.ts';
import { type Session, sessionOn } from '../../shared/domain/calendar/calendar.ts';
import type { Fill } from '../../shared/domain/orders/types.ts';
import { PROFILE_SESSIONS_MAX } from '../../shared/domain/features/volume-profile.ts';
import { MinuteFrame } from '../../shared/domain/market/frame.ts';
import { profile } from '../../shared/domain/risk/profile.ts';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import { SignalStage } from '../../shared/domain/sizing/signal-stage.ts';
import { assert, MINUTE_MS } from '../../shared/domain/units/units.ts';
import { minutesMissed } from '../../shared/runtime/minute-guards.ts';
import type { BarRow, MinuteOfRun, Repositories } from '../../shared/ports/repositories.ts';

/** Stage and account as they stand before `nextMinute` of one session of one run. */
export interface SignalFold {
  readonly runId: string;
  readonly session: number;
  readonly config: RunConfig;
  readonly stage: SignalStage;
  readonly account: Account;
  nextMinute: number;
}

export async function rebuildSignal(
  config: RunConfig,
  data: BarsReadyData,
  repositories: Repositories,
): Promise<SignalFold> {
  const { runId, symbols, seed } = config;
  const stage = new SignalStage({ symbols, profile: profile(config.profile), seed, withFeatures: true });
  await foldPastSessions(stage, { config, before: data.session }, repositories);

  const openMs = data.openMs - data.minuteIndex * MINUTE_MS;
  stage.startSession(sessionOf(data.session), data.minutes);
  const last = await repositories.accounts.latestBefore(runId, data.session);
  const account = new Account(symbols.length, last?.cashE4 ?? config.accountUsdE4);
  const fold = { runId, session: data.session, nextMinute: data.minuteIndex, config, stage, account };
  if (data.minuteIndex === 0) return fold;

  const range = { fromMs: openMs, toMs: data.openMs };
  const bars = await repositories.bars.between(config.feed, range, symbols);
  const fills = await repositories.execution.fills(runId, data.session);
  const missed = await minutesMissed(runId, data.session, { consumer: 'signal', type: 'bars-ready' }, repositories);
  foldMinutes(bars, { symbols, openMs, minutes: data.minuteIndex, missed }, (minute, frame) => {
    applyFills(account, symbols, fills, minute);
    account.mark(frame);
    stage.update(minute, frame);
  });
  return fold;
}

/** What a minute usually trades is known from the sessions before. */
async function foldPastSessions(
  stage: SignalStage,
  run: { config: RunConfig; before: number },
  repositories: Repositories,
): Promise<void> {
  const { runId, feed, symbols } = run.config;
  const sessions = await repositories.runs.sessions(runId);
  const past = sessions.filter((row) => row.session < run.before).slice(-PROFILE_SESSIONS_MAX);
  const quarantined = await repositories.decisions.quarantined(runId, past[0]?.session ?? run.before);
  for (const { session, minutes, openMs } of past) {
    const missed = minutesOf(quarantined, session);
    const range = { fromMs: openMs, toMs: openMs + minutes * MINUTE_MS };
    const bars = await repositories.bars.between(feed, range, symbols);
    stage.startSession(sessionOf(session), minutes);
    foldMinutes(bars, { symbols, openMs, minutes, missed }, (minute, frame) => stage.update(minute, frame));
  }
}

function foldMinutes(
  bars: readonly BarRow[],
  span: { symbols: readonly string[]; openMs: number; minutes: number; missed: ReadonlySet<number> },
  step: (minute: number, frame: MinuteFrame) => void,
): void {
  const byMinute = Map.groupBy(bars, (bar) => (bar.openMs - span.openMs) / MINUTE_MS);
  const frame = new MinuteFrame(span.symbols.length);
  for (let minute = 0; minute < span.minutes; minute++) {
    frame.clear();
    const present = span.missed.has(minute) ? [] : (byMinute.get(minute) ?? []);
    for (const bar of present) frame.put(span.symbols.indexOf(bar.symbol), bar);
    step(minute, frame);
  }
}

function minutesOf(all: readonly MinuteOfRun[], session: number): ReadonlySet<number> {
  return new Set(all.filter((minute) => minute.session === session).map(({ minuteIndex }) => minuteIndex));
}

function applyFills(account: Account, symbols: readonly string[], fills: readonly Fill[], minute: number): void {
  for (const fill of fills) {
    if (fill.minuteIndex === minute) account.applyFill(fill, symbols.indexOf(fill.symbol));
  }
}

function sessionOf(date: number): Session {
  const session = sessionOn(date);
  assert(session !== null, `${date} is a session of the calendar`);
  return session;
}
