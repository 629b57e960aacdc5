/**
 * Risk: signals in, decisions out. Always one decision a minute, recorded with its orders before anything leaves.
 *
 * The stage's whole state is stored with the account in the same transaction; memory is only a cache of it.
 */

import { type CommandData, commandV1 } from '../../shared/contracts/command.v1.ts';
import { type DecisionData, decisionV1 } from '../../shared/contracts/decision.v1.ts';
import type { Envelope } from '../../shared/contracts/envelope.ts';
import { minuteId } from '../../shared/contracts/minute-ids.ts';
import { type ParkedData, parkedV1 } from '../../shared/contracts/parked.v1.ts';
import { type PulseData, pulseV1 } from '../../shared/contracts/pulse.v1.ts';
import { type SignalData, signalV1 } from '../../shared/contracts/signal.v1.ts';
import { type AuditEntry, runChain } from '../../shared/domain/audit/chain.ts';
import { commandEntry, decisionEntry } from '../../shared/domain/audit/entries.ts';
import type { Decision } from '../../shared/domain/risk/types.ts';
import { SignalFrame } from '../../shared/domain/sizing/signal-stage.ts';
import { assert } from '../../shared/domain/units/units.ts';
import { type HandlerContext, type MessageDraft, route, type Route } from '../../shared/ports/handler.ts';
import { lateCopy, refuseContradiction } from '../../shared/runtime/minute-guards.ts';
import { SessionFold } from '../../shared/runtime/session-fold.ts';
import type { MinuteOfRun } from '../../shared/ports/repositories.ts';
import { accountRow, equityRow, positionRows } from './rows.ts';
import { enterSession, loadRunState, type RunState } from './run-state.ts';

type Draft = MessageDraft<DecisionData>;

/** The handling of one message. */
interface Turn extends HandlerContext {
  readonly messageId: string;
}

export function createRisk(): readonly Route[] {
  const folds = new SessionFold<RunState>('risk');

  async function onStage<Data>(
    { id, runId, data }: Envelope<Data>,
    context: HandlerContext,
    work: (standing: RunState, data: Data, turn: Turn) => Promise<readonly MessageDraft[]>,
  ): Promise<readonly MessageDraft[]> {
    const standing = await folds.open(runId, context, { load: () => loadRunState(runId, context.repositories) });
    return work(standing, data, { ...context, messageId: id });
  }

  return [
    route(signalV1, (message, context) => onStage(message, context, decide)),
    route(parkedV1, (message, context) => onStage(message, context, decideWithoutSignal)),
    route(commandV1, (message, context) => onStage(message, context, obey)),
    route(pulseV1, (message, context) => onStage(message, context, feel)),
  ];
}

/** Throws RefusedMessageError when the signal is none of its run, or its minute was decided without it. */
async function decide(standing: RunState, data: SignalData, turn: Turn): Promise<readonly Draft[]> {
  refuseContradiction(standing.config, { ...data, symbols: data.signals.map(({ symbol }) => symbol) });
  if (isDecided(standing, data)) throw lateCopy(data);
  const markE4 = data.signals.map((signal) => (signal.present ? signal.markE4 : null));
  return decideMinute(standing, { data, markE4, signal: data }, turn);
}

/** The signal of the minute is in quarantine: it gets its one decision all the same, so that the next one may leave. */
async function decideWithoutSignal(standing: RunState, data: ParkedData, turn: Turn): Promise<readonly Draft[]> {
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
  const detail = `minute ${minuteIndex}: parked in ${parkedIn}, ${reason}`;
  const eventMs = standing.stage.lastCloseMs;
  await turn.repositories.decisions.riskEvent({ runId, eventMs, kind: 'MINUTE_QUARANTINED', detail });
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
  // An open may lift a state by itself, which is a change as any other.
  const before = stateOf(standing);
  await enterSession(standing, data, repositories);
  const { minuteIndex } = data;
  assert(minuteIndex === stage.lastMinute + 1, `minutes come in order: ${minuteIndex} after ${stage.lastMinute}`);
  stage.applyReport(data);
  markE4.forEach((priceE4, s) => {
    if (priceE4 !== null) stage.account.markAt(s, priceE4);
  });
  stage.evaluate(minuteIndex);
  const { symbols } = config;
  const frame =
    signal === null ? stage.decideWithoutSignal(minuteIndex) : stage.decide(minuteIndex, signalFrame(signal));
  const decision = frame.toDecision({ symbols, session: data.session, minutes: data.minutes });
  await repositories.decisions.add({ runId, cause: 'minute', decision, signal });
  const isLast = minuteIndex === data.minutes - 1;
  const equity = equityRow(stage, { session: data.session, eventMs: decision.eventMs });
  await repositories.accounts.save(accountRow(runId, stage, isLast), positionRows(symbols, stage), equity);
  if (stateOf(standing) !== before) await recordChange(standing, decision, turn);
  await audit(standing, [decisionEntry('minute', decision)], turn);
  return [draft(runId, data, decision)];
}

function signalFrame(data: SignalData): SignalFrame {
  const frame = new SignalFrame(data.signals.length);
  data.signals.forEach((signal, s) => {
    frame.present[s] = signal.present ? 1 : 0;
    frame.faults[s] = signal.faults;
    frame.markE4[s] = signal.markE4;
    frame.actions[s] = signal.action;
    frame.entryQuantity[s] = signal.entryQuantity;
    frame.limitPriceE4[s] = signal.limitPriceE4;
    frame.correlated[s] = signal.correlated ? 1 : 0;
  });
  return frame;
}

/** A command changes the state; what follows from it is decided at the close of the next minute. */
async function obey(standing: RunState, command: CommandData, turn: Turn): Promise<readonly MessageDraft[]> {
  const { stage, runId } = standing;
  if (command.command === 'halt') stage.halt(command.cause ?? 'OPERATOR', stage.lastCloseMs || command.issuedAtMs);
  else if (command.command === 'flatten') stage.flatten();
  // An account that trades has nothing to be armed for, and its running peak is none of the operator's business.
  else if (stage.state !== 'ACTIVE') stage.arm();
  const { repositories, logger } = turn;
  const eventMs = command.issuedAtMs;
  const detail = `${command.operator}: ${command.reason}`;
  await repositories.decisions.riskEvent({ runId, eventMs, kind: `COMMAND_${command.command.toUpperCase()}`, detail });
  const decision = await saveState(standing, { cause: 'command', atMs: eventMs }, turn);
  const told = commandEntry(command, { eventMs, state: stage.state });
  await audit(standing, [told, decisionEntry('command', decision)], turn);
  logger.info({ command: command.command, operator: command.operator, state: stage.state }, 'operator command');
  return [];
}

/** What a silent market hides: a dead feed or runner lets positions only shrink until it is back. */
async function feel(standing: RunState, pulse: PulseData, turn: Turn): Promise<readonly MessageDraft[]> {
  const { stage } = standing;
  const before = stateOf(standing);
  if (pulse.feedState === 'dead' || pulse.feedState === 'stale') stage.reduce('FEED_DEAD');
  else stage.recover('FEED_DEAD');
  if (pulse.feedState === 'backup') stage.reduce('BACKUP_FEED');
  else stage.recover('BACKUP_FEED');
  if (pulse.runnerState === 'down') stage.reduce('RUNNER_DEAD');
  else stage.recover('RUNNER_DEAD');
  if (stateOf(standing) === before) return [];
  const decision = await saveState(standing, { cause: 'pulse', atMs: pulse.sentAtMs }, turn);
  await audit(standing, [decisionEntry('pulse', decision)], turn);
  return [];
}

/** Before the first session there is no minute to date it by, so the message does. */
async function saveState(
  standing: RunState,
  { cause, atMs }: { cause: 'pulse' | 'command'; atMs: number },
  turn: Turn,
): Promise<Decision> {
  const { stage, runId, config } = standing;
  const decision: Decision = {
    session: stage.session,
    minuteIndex: Math.max(stage.lastMinute, 0),
    minutes: Math.max(stage.minutes, 1),
    eventMs: stage.lastCloseMs || atMs,
    state: stage.state,
    stateCause: stage.cause,
    equityE4: stage.equityE4,
    symbols: [],
    orders: [],
    cancels: [],
  };
  const { decisions, accounts } = turn.repositories;
  await decisions.add({ runId, cause, decision, signal: null });
  const isClosed = stage.lastMinute === stage.minutes - 1;
  await accounts.save(accountRow(runId, stage, isClosed), positionRows(config.symbols, stage), null);
  await recordChange(standing, decision, turn);
  return decision;
}

function stateOf({ stage }: RunState): string {
  return `${stage.state}/${stage.cause}`;
}

function audit({ runId }: RunState, entries: readonly AuditEntry[], turn: Turn): Promise<void> {
  return turn.repositories.audit.append({ chain: runChain(runId, 'risk'), causeId: turn.messageId, entries });
}

function recordChange({ runId }: RunState, decision: Decision, turn: Turn): Promise<void> {
  const { eventMs, state, stateCause } = decision;
  return turn.repositories.decisions.riskEvent({ runId, eventMs, kind: `STATE_${state}`, detail: stateCause });
}

function draft(runId: string, data: SignalData | ParkedData, decision: Decision): Draft {
  const { session, minuteIndex, minutes, openMs } = data;
  const { state, stateCause, equityE4 } = decision;
  return {
    queue: 'orders',
    contract: decisionV1,
    id: minuteId('decision', runId, data),
    occurredAt: decision.eventMs,
    data: {
      session,
      minuteIndex,
      minutes,
      openMs,
      cause: 'minute',
      state,
      stateCause,
      equityE4,
      symbols: [...decision.symbols],
      orders: [...decision.orders],
      cancels: [...decision.cancels],
    },
  };
}
