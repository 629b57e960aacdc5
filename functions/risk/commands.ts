/**
 * An operator's commands. A command changes the causes; what follows from that is decided at the close of the next
 * minute. Each is recorded with who, why and what came of it, also where nothing did.
 */

import { exchangeTime } from '../../shared/domain/calendar/exchange-time.ts';
import type { CommandData } from '../../shared/contracts/command.v2.ts';
import { commandEntry, decisionEntry } from '../../shared/domain/audit/entries.ts';
import type { StandingCause } from '../../shared/domain/risk/causes.ts';
import { armText } from '../../shared/domain/risk/arming.ts';
import type { CommandOutcome } from '../../shared/domain/risk/command-outcome.ts';
import type { EpochMs } from '../../shared/domain/units/units.ts';
import type { MessageDraft } from '../../shared/ports/handler.ts';
import { audit, eventTimeOf, saveState, type Turn } from './records.ts';
import type { RunState } from './run-state.ts';

export async function applyCommand(
  standing: RunState,
  command: CommandData,
  turn: Turn,
): Promise<readonly MessageDraft[]> {
  const { stage, runId } = standing;
  const before = stage.causes;
  const { issuedAtMs, operator, reason } = command;
  const eventMs = await eventTimeOf(standing, turn.repositories, issuedAtMs);
  const outcome = outcomeOf(standing, command, eventMs);
  const { repositories, logger, messageId } = turn;
  const kind = `COMMAND_${command.command.toUpperCase()}`;
  const detail = `${operator}: ${reason}`;
  await repositories.decisions.riskEvent({ runId, eventMs, kind, detail, outcome: { ...outcome, messageId } });
  const entries = [commandEntry(command, outcome, issuedAtMs)];
  if (stage.causes !== before) {
    const decision = await saveState(standing, { cause: 'command', eventMs, atMs: issuedAtMs }, turn);
    entries.push(decisionEntry('command', decision));
  }
  await audit(standing, entries, turn);
  logger.info({ command: command.command, operator, result: outcome.result, text: outcome.text }, 'operator command');
  return [];
}

function outcomeOf(standing: RunState, command: CommandData, sinceMs: EpochMs): CommandOutcome {
  if (command.command === 'arm') return arm(standing, command.acceptAudit);
  const { operator: by, reason: why } = command;
  const cause = command.command === 'halt' ? command.cause : 'OPERATOR_FLATTEN';
  return impose(standing, { cause, sinceMs, by, why });
}

function arm({ stage }: RunState, acceptAudit: string | null): CommandOutcome {
  const armed = stage.arm({ acceptAudit });
  const result = armed.kind === 'armed' ? 'done' : 'refused';
  return { result, text: armText(armed), state: stage.state, causes: stage.causes, arming: armed };
}

function impose({ stage }: RunState, asked: StandingCause): CommandOutcome {
  const { cause } = asked;
  const stood = stage.impose(asked);
  const text =
    stood === null
      ? `${cause} stands; ${whatFollows(stage)}`
      : `${cause} stood already, since ${exchangeTime(stood.sinceMs)} by ${stood.by}: ${stood.why}`;
  return { result: 'done', text, state: stage.state, causes: stage.causes, arming: null };
}

function whatFollows({ account, orders }: RunState['stage']): string {
  // The broker has working entries for the next open; the decision that would withdraw them comes after it.
  const entries = orders.isEntryWorking ? '; what working entries fill there is sold at the open after it' : '';
  if (!account.isFlat) return `what is held is sold at the next good open${entries}`;
  if (orders.isEntryWorking)
    return 'nothing is held; what working entries fill at the next open is sold at the one after';
  return 'nothing is held, and nothing is entered until it is armed';
}
