/**
 * What the functions refuse a minute for, though its message reads well. Throws RefusedMessageError.
 */

import { minuteName } from '../domain/calendar/exchange-time.ts';
import { contradictionOf, type MinuteFacts } from '../domain/run/run-consistency.ts';
import type { RunConfig } from '../domain/run/run-config.ts';
import { RefusedMessageError } from '../ports/handler.ts';
import type { MinuteOfRun } from '../ports/repositories/decisions.ts';
import type { Repositories } from '../ports/repositories.ts';

/** A message that cannot be one of its run. */
export function refuseContradiction(config: RunConfig, facts: MinuteFacts): void {
  const contradiction = contradictionOf(config, facts);
  if (contradiction !== null) throw new RefusedMessageError({ reason: 'contradiction', ...contradiction });
}

/**
 * A good copy of a minute that was decided while all its copies were in quarantine. Taking it now would change what
 * later minutes were decided on, so it is kept as it came and has no effect.
 */
export async function refuseLate(runId: string, at: MinuteOfRun, { execution }: Repositories): Promise<void> {
  const { decidedMinute } = await execution.progress(runId, at.session);
  if (at.minuteIndex <= decidedMinute) throw lateCopy(at);
}

export function lateCopy({ session, minuteIndex }: MinuteOfRun): RefusedMessageError {
  const fix = 'Nothing to do: that minute was decided without it, and a decision is made once.';
  return new RefusedMessageError({
    reason: 'late',
    field: 'data.minuteIndex',
    value: `${session}/${minuteIndex}`,
    fix,
  });
}

/**
 * What a part says that derives something else than is on record of its run. No repetition helps, and the run must not go
 * on: the message is parked under this reason, which the gateway stops at.
 */
export const OTHER_THAN_STORED = 'other-than-stored';

export interface Mismatch extends MinuteOfRun {
  readonly symbol: string;
  /** What differs, such as `position`. */
  readonly what: string;
  readonly stored: number | string;
  readonly derived: number | string;
}

export function refuseMismatch(mismatch: Mismatch): RefusedMessageError {
  const { session, minuteIndex, symbol, what, stored, derived } = mismatch;
  return new RefusedMessageError({
    reason: OTHER_THAN_STORED,
    field: `${what} of ${symbol} in session ${session}, ${minuteName(minuteIndex)}`,
    value: `stored ${stored}, derived ${derived}`,
    fix: 'Run ./jules audit verify, put back what was changed, or begin another run with --new-run.',
  });
}
