/**
 * The decision of one minute, with or without its signal: booked, marked, decided, and stored before it leaves.
 */

import { minuteName } from '../../shared/domain/calendar/exchange-time.ts';
import { type DecisionData, decisionV2 } from '../../shared/contracts/decision.v2.ts';
import { readSymbolSignals } from '../../shared/contracts/minute-conversions.ts';
import { minuteId } from '../../shared/contracts/minute-ids.ts';
import type { ParkedData } from '../../shared/contracts/parked.v1.ts';
import type { SignalData } from '../../shared/contracts/signal.v1.ts';
import { decisionEntry, rearmEntry } from '../../shared/domain/audit/entries.ts';
import { type ArmOutcome, armText } from '../../shared/domain/risk/arming.ts';
import type { Decision } from '../../shared/domain/risk/types.ts';
import { assert } from '../../shared/domain/units/units.ts';
import type { MessageDraft } from '../../shared/ports/handler.ts';
import type { MinuteOfRun } from '../../shared/ports/repositories/decisions.ts';
import { lateCopy, refuseContradiction } from '../../shared/runtime/minute-guards.ts';
import { reconcileAccount, reconcileDailyBars } from './reconcile.ts';
import { audit, recordChange, type Turn } from './records.ts';
import { accountRow, equityRow, positionRows } from './rows.ts';
import { enterSession, type RunState } from './run-state.ts';

type Draft = MessageDraft<DecisionData>;

/** Throws RefusedMessageError when the signal does not belong to its run, or its minute was decided without it. */
export async function decide(standing: RunState, data: SignalData, turn: Turn): Promise<readonly Draft[]> {
  refuseContradiction(standing.config, { ...data, symbols: data.signals.map(({ symbol }) => symbol) });
  if (isDecided(standing, data)) throw lateCopy(data);
  const markE4 = data.signals.map((signal) => (signal.present ? signal.markE4 : null));
  return decideMinute(standing, { data, markE4, signal: data }, turn);
}

/** The signal of the minute is in quarantine: it gets its one decision all the same, so that the next one may leave. */
export async function decideWithoutSignal(standing: RunState, data: ParkedData, turn: Turn): Promise<readonly Draft[]> {
  const { config, runId } = standing;
  refuseContradiction(config, { ...data, symbols: config.symbols });
  if (isDecided(standing, data)) {
    turn.logger.info({ minuteIndex: data.minuteIndex }, 'a signal decided the minute meanwhile');
    return [];
  }
  const closes = new Map(data.closes.map(({ symbol, closeE4 }) => [symbol, closeE4]));
  const markE4 = config.symbols.map((symbol) => closes.get(symbol) ?? null);
  const drafts = await decideMinute(standing, { data, markE4, signal: null }, turn);
  const { minuteIndex, parkedIn, reason } = data;
  const detail = `${minuteName(minuteIndex)}: parked in ${parkedIn}, ${reason}`;
  const eventMs = standing.stage.lastCloseMs;
  const event = { runId, eventMs, kind: 'MINUTE_QUARANTINED', detail, outcome: null };
  await turn.repositories.decisions.riskEvent(event);
  turn.logger.error({ session: data.session, minuteIndex, parkedIn, reason }, 'minute decided without its signal');
  return drafts;
}

function isDecided({ stage }: RunState, { session, minuteIndex }: MinuteOfRun): boolean {
  return session < stage.session || (session === stage.session && minuteIndex <= stage.lastMinute);
}

interface Minute {
  readonly data: SignalData | ParkedData;
  /** By symbol; null where the minute has no good bar. */
  readonly markE4: readonly (number | null)[];
  readonly signal: SignalData | null;
}

async function decideMinute(
  standing: RunState,
  { data, markE4, signal }: Minute,
  turn: Turn,
): Promise<readonly Draft[]> {
  const { repositories } = turn;
  const { stage, runId, config } = standing;
  // An open may lift a cause by itself, which is a change as any other.
  const before = stage.causes;
  // Restored and not looked at yet: what memory has gone on with was checked before.
  if (standing.enteredSession === 0) await reconcileAccount(standing, repositories);
  if (standing.enteredSession !== data.session) await reconcileDailyBars(standing, repositories);
  await enterSession(standing, data, repositories);
  const { minuteIndex } = data;
  assert(minuteIndex === stage.lastMinute + 1, `minutes come in order: ${minuteIndex} after ${stage.lastMinute}`);
  stage.applyReport(data);
  markE4.forEach((priceE4, s) => {
    if (priceE4 !== null) stage.account.markAt(s, priceE4);
  });
  const rearmed = stage.evaluate(minuteIndex);
  const { symbols } = config;
  const frame =
    signal === null
      ? stage.decideWithoutSignal(minuteIndex)
      : stage.decide(minuteIndex, readSymbolSignals(signal.signals));
  const decision = frame.toDecision({ symbols, session: data.session, minutes: data.minutes });
  await repositories.decisions.add({ runId, cause: 'minute', decision, signal });
  const isLast = minuteIndex === data.minutes - 1;
  const equity = equityRow(stage, { session: data.session, eventMs: decision.eventMs });
  await repositories.accounts.save(accountRow(standing, isLast), positionRows(symbols, stage), equity);
  if (rearmed !== null) await recordRearm(standing, rearmed, turn);
  if (stage.causes !== before) await recordChange(standing, decision, turn);
  const entries = rearmed === null ? [] : [rearmEntry(rearmed, decision.eventMs)];
  await audit(standing, [...entries, decisionEntry('minute', decision)], turn);
  return [draft(runId, data, decision)];
}

/** `--rearm session`, with the reference of the drawdown limit as it was and as it is. */
function recordRearm({ runId, stage }: RunState, rearmed: ArmOutcome, turn: Turn): Promise<void> {
  const { decisions } = turn.repositories;
  const detail = armText(rearmed);
  return decisions.riskEvent({ runId, eventMs: stage.lastCloseMs, kind: 'REARM', detail, outcome: null });
}

/** What the broker receives: the decision, without its time, which the envelope has. */
function draft(runId: string, data: SignalData | ParkedData, { eventMs, ...decision }: Decision): Draft {
  return {
    queue: 'orders',
    contract: decisionV2,
    id: minuteId('decision', runId, data),
    occurredAt: eventMs,
    data: { ...decision, openMs: data.openMs, cause: 'minute' },
  };
}
