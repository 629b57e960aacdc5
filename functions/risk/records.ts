/**
 * What risk writes besides its decisions of minutes: states that a command or a pulse left, changes, audit entries.
 */

import { type AuditEntry, runChain } from '../../shared/domain/audit/chain.ts';
import type { StandingCause } from '../../shared/domain/risk/causes.ts';
import type { Decision } from '../../shared/domain/risk/types.ts';
import type { HandlerContext } from '../../shared/ports/handler.ts';
import type { Repositories } from '../../shared/ports/repositories.ts';
import { accountRow, positionRows } from './rows.ts';
import type { RunState } from './run-state.ts';

/** The handling of one message. */
export interface Turn extends HandlerContext {
  readonly messageId: string;
}

/**
 * When a message that comes now takes effect, in event time: the close of the last minute, before the first one the open of its
 * session. Before the gateway has opened that, `otherwiseMs`, which the first open replaces by its own time.
 */
export async function eventTimeOf(
  { stage, runId }: RunState,
  { runs }: Repositories,
  otherwiseMs: number,
): Promise<number> {
  if (stage.lastCloseMs > 0) return stage.lastCloseMs;
  const [first] = await runs.sessions(runId);
  return first?.openMs ?? otherwiseMs;
}

export async function saveState(
  standing: RunState,
  { cause, eventMs, atMs }: { cause: 'pulse' | 'command'; eventMs: number; atMs: number },
  turn: Turn,
): Promise<Decision> {
  const { stage, runId, config } = standing;
  const decision: Decision = {
    session: stage.session,
    minuteIndex: Math.max(stage.lastMinute, 0),
    minutes: Math.max(stage.minutes, 1),
    // Before the first session the audit log has it by the wall clock, as it has the message.
    eventMs: stage.lastCloseMs || atMs,
    state: stage.state,
    causes: stage.causes,
    equityE4: stage.equityE4,
    symbols: [],
    orders: [],
    cancels: [],
  };
  const { decisions, accounts } = turn.repositories;
  await decisions.add({ runId, cause, decision, signal: null });
  const isClosed = stage.minutes > 0 && stage.lastMinute === stage.minutes - 1;
  await accounts.save(accountRow(standing, isClosed), positionRows(config.symbols, stage), null);
  await recordChange(standing, { ...decision, eventMs }, turn);
  return decision;
}

/** A change of the state, under the causes that stand after it. */
export function recordChange({ runId }: RunState, { eventMs, state, causes }: Decision, turn: Turn): Promise<void> {
  const { decisions } = turn.repositories;
  return decisions.riskEvent({ runId, eventMs, kind: `STATE_${state}`, detail: namesOf(causes), outcome: null });
}

export function audit({ runId }: RunState, entries: readonly AuditEntry[], turn: Turn): Promise<void> {
  return turn.repositories.audit.append({ chain: runChain(runId, 'risk'), causeId: turn.messageId, entries });
}

function namesOf(causes: readonly StandingCause[]): string {
  return causes.length === 0 ? 'no cause' : causes.map(({ cause }) => cause).join(', ');
}
