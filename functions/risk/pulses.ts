/**
 * What a silent market hides: each pulse says of every condition whether it stands or is over, and while one stands,
 * positions only shrink.
 */

import type { PulseData } from '../../shared/contracts/pulse.v1.ts';
import { decisionEntry } from '../../shared/domain/audit/entries.ts';
import type { Cause } from '../../shared/domain/risk/causes.ts';
import type { MessageDraft } from '../../shared/ports/handler.ts';
import { audit, eventTimeOf, saveState, type Turn } from './records.ts';
import type { RunState } from './run-state.ts';

export async function applyPulse(standing: RunState, pulse: PulseData, turn: Turn): Promise<readonly MessageDraft[]> {
  const { stage } = standing;
  if (pulse.sentAtMs < stage.pulsedAtMs) {
    turn.logger.info({ sentAtMs: pulse.sentAtMs, newestMs: stage.pulsedAtMs }, 'a newer pulse was heard already');
    return [];
  }
  stage.pulsedAtMs = pulse.sentAtMs;
  const before = stage.causes;
  const sinceMs = await eventTimeOf(standing, turn.repositories, pulse.openMs);
  for (const [cause, why] of conditionsOf(pulse)) {
    stage.watch(cause, why === null ? null : { sinceMs, by: 'gateway', why });
  }
  if (stage.causes === before) return [];
  const decision = await saveState(standing, { cause: 'pulse', eventMs: sinceMs, atMs: pulse.sentAtMs }, turn);
  await audit(standing, [decisionEntry('pulse', decision)], turn);
  return [];
}

/** Every condition a pulse knows of, with what there is to say; null: it is over. */
function conditionsOf({ feedState, feedAgeMs, runnerState }: PulseData): [Cause, string | null][] {
  const isSilent = feedState === 'dead' || feedState === 'stale';
  const age = `${Math.round(feedAgeMs / 1_000)} s`;
  return [
    ['FEED_DEAD', isSilent ? `the feed is ${feedState}: its newest bar is ${age} old` : null],
    ['FEED_BACKUP', feedState === 'backup' ? 'bars come from the backup feed' : null],
    ['RUNNER_DEAD', runnerState === 'down' ? 'the policy runner does not answer' : null],
  ];
}
