/**
 * Risk: signals in, decisions out. Always one decision a minute, recorded with its orders before anything leaves.
 *
 * The stage's whole state is stored with the account in the same transaction; memory is only a cache of it.
 */

import { commandV2 } from '../../shared/contracts/command.v2.ts';
import type { Envelope } from '../../shared/contracts/envelope.ts';
import { parkedV1 } from '../../shared/contracts/parked.v1.ts';
import { pulseV1 } from '../../shared/contracts/pulse.v1.ts';
import { signalV1 } from '../../shared/contracts/signal.v1.ts';
import { type HandlerContext, type MessageDraft, route, type Route } from '../../shared/ports/handler.ts';
import { SessionFold } from '../../shared/runtime/session-fold.ts';
import { applyCommand } from './commands.ts';
import { decide, decideWithoutSignal } from './minutes.ts';
import { applyPulse } from './pulses.ts';
import type { Turn } from './records.ts';
import { loadRunState, type RunState } from './run-state.ts';

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
    route(signalV1, (message, context) => onStage(message, context, decide), { alwaysAnswers: true }),
    route(parkedV1, (message, context) => onStage(message, context, decideWithoutSignal)),
    route(commandV2, (message, context) => onStage(message, context, applyCommand)),
    route(pulseV1, (message, context) => onStage(message, context, applyPulse)),
  ];
}
