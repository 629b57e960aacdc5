/**
 * Waits for the decision of the minute that left, whatever becomes of its message on the way.
 *
 * Lost: it is sent again, and every part answers a repeat as it did before. Parked in quarantine: a new copy leaves at
 * once, which heals a damage of the way; where every copy ends there, risk is asked to decide without one. Parked by a
 * part that derives something else than is on record: the run stops, and the next life of it tries that minute again.
 */

import { minuteName } from '../../shared/domain/calendar/exchange-time.ts';
import { carrierIds } from '../../shared/contracts/minute-ids.ts';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { ParkedCopy } from '../../shared/ports/repositories/messages.ts';
import type { Database } from '../../shared/ports/repositories.ts';
import { OTHER_THAN_STORED } from '../../shared/runtime/minute-guards.ts';
import { RunStoppedError } from '../run-stopped.ts';
import type { DecisionInbox, TakenMinute } from './decision-inbox.ts';
import type { ClosedMinute, MinutePublisher } from './publisher.ts';

export interface DecisionWaitParts {
  readonly config: RunConfig;
  readonly database: Database;
  readonly publisher: MinutePublisher;
  readonly inbox: DecisionInbox;
  readonly clock: Clock;
  readonly logger: Logger;
  /** After this long without a decision the minute is sent again. */
  readonly resendMs: number;
}

/** How often the records are looked at while a decision is awaited. */
const LOOK_MS = 1_000;
const RESENDS_MAX = 60;
/** So many copies in quarantine are not an accident of delivery. */
const COPIES_MAX = 3;
const NONE: ReadonlySet<number> = new Set();

/** The run cannot go on: a minute got no decision. */
class NoDecisionError extends Error {
  override readonly name = 'NoDecisionError';
}

/** What the records say of a minute whose decision has not been heard of. */
interface Records {
  readonly taken: TakenMinute | null;
  readonly parked: readonly ParkedCopy[];
}

/** Null when the signal aborts first. Resumed: the minute left in an earlier life. Throws NoDecisionError, RunStoppedError. */
export async function waitForDecision(
  minute: ClosedMinute,
  parts: DecisionWaitParts,
  signal: AbortSignal,
  { isResumed = false } = {},
): Promise<TakenMinute | null> {
  const { inbox, resendMs } = parts;
  const stoppedAt = isResumed ? await tryAgain(minute, parts) : NONE;
  let resends = 0;
  let answered: readonly ParkedCopy[] = [];
  for (let waitedMs = 0; ; ) {
    const lookMs = Math.min(LOOK_MS, resendMs - waitedMs);
    const taken = await inbox.wait(
      minute.session,
      minute.minuteIndex,
      AbortSignal.any([signal, AbortSignal.timeout(lookMs)]),
    );
    if (taken !== null || signal.aborted) return taken;
    waitedMs += lookMs;
    const records = await readRecords(minute, parts, stoppedAt);
    if (records.taken !== null) return records.taken;
    stopWhereDerivedDiffers(records.parked);
    const hasNewCopy = records.parked.length > answered.length;
    if (!hasNewCopy && waitedMs < resendMs) continue;
    if (resends === RESENDS_MAX) throw noDecision(minute, records.parked);
    await ask(minute, { ...parts, parked: records.parked, hasNewCopy, resends });
    answered = records.parked;
    resends += 1;
    waitedMs = 0;
  }
}

/**
 * An earlier life stopped at these copies, and what differed may have been put back since: they say nothing of this life.
 * The minute leaves again, and where a part still derives something else it parks that copy too.
 */
async function tryAgain(minute: ClosedMinute, parts: DecisionWaitParts): Promise<ReadonlySet<number>> {
  const { parked } = await readRecords(minute, parts, NONE);
  const stoppedAt = new Set(parked.filter(isOtherThanStored).map(({ id }) => id));
  if (stoppedAt.size === 0) return stoppedAt;
  const { session, minuteIndex } = minute;
  parts.logger.warn({ session, minuteIndex }, 'the run stopped at this minute: it is sent again');
  await parts.publisher.ask(minute, attemptAt(parts.clock));
  return stoppedAt;
}

function isOtherThanStored({ reason }: ParkedCopy): boolean {
  return reason === OTHER_THAN_STORED;
}

/** A part that derives something else than is on record has parked the minute: it must not be decided without it. */
function stopWhereDerivedDiffers(parked: readonly ParkedCopy[]): void {
  const copy = parked.find(isOtherThanStored);
  if (copy === undefined) return;
  throw new RunStoppedError(`the ${copy.field} is not what the run's records give: ${copy.value}`, copy.fix);
}

async function ask(
  minute: ClosedMinute,
  parts: DecisionWaitParts & { parked: readonly ParkedCopy[]; hasNewCopy: boolean; resends: number },
): Promise<void> {
  const { publisher, logger, clock, parked, hasNewCopy, resends } = parts;
  const { session, minuteIndex } = minute;
  const last = parked.at(-1);
  const at = { session, minuteIndex, resends, copiesParked: parked.length, parkedIn: last?.source };
  if (last !== undefined && parked.length >= COPIES_MAX) {
    logger.error(at, 'every copy of the minute was parked: risk decides without one');
    await publisher.askWithoutSignal(minute, last, hasNewCopy ? 0 : attemptAt(clock));
    // A further copy now could overtake that question; it leaves only where the answer is lost.
    if (hasNewCopy) return;
  }
  logger.warn(at, 'no decision yet: the minute is sent again');
  await publisher.ask(minute, attemptAt(clock));
}

/** Each a new one, past the queue's deduplication. */
function attemptAt(clock: Clock): number {
  return Math.floor(clock.nowMs());
}

/** Without the copies that an earlier life stopped at. */
function readRecords(
  { session, minuteIndex }: ClosedMinute,
  { config, database }: DecisionWaitParts,
  stoppedAt: ReadonlySet<number>,
): Promise<Records> {
  const { runId } = config;
  return database.transaction(async ({ execution, quarantine }): Promise<Records> => {
    const copies = await quarantine.copiesOf(runId, carrierIds(runId, { session, minuteIndex }));
    const parked = copies.filter(({ id }) => !stoppedAt.has(id));
    const { decidedMinute } = await execution.progress(runId, session);
    if (decidedMinute < minuteIndex) return { taken: null, parked };
    // A commit that held although its answer was lost: the message is a repeat by now and hands nothing over.
    const decisions = await execution.takenDecisions(runId, session);
    const instructions = decisions.find((taken) => taken.minuteIndex === minuteIndex);
    return { taken: { instructions: instructions ?? { orders: [], cancels: [] }, latency: null }, parked };
  });
}

function noDecision({ session, minuteIndex }: ClosedMinute, parked: readonly ParkedCopy[]): NoDecisionError {
  const copies =
    parked.length === 0
      ? ''
      : `, ${parked.length} ${parked.length === 1 ? 'copy of it is' : 'copies of it are'} in quarantine`;
  return new NoDecisionError(
    `${minuteName(minuteIndex)} of session ${session} got no decision after ${RESENDS_MAX} resends${copies}: see the logs of ` +
      'host and gpu-runner, and ./jules queues status for dead letters and quarantine',
  );
}
