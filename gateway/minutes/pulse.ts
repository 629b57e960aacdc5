/**
 * The pulse of a live clock: every 30 s risk learns how old the feed is and whether the runner answers. At any other pace
 * there is one pulse at the start, which ends what an earlier start of the run has noticed.
 */

import { type PulseData, pulseV1 } from '../../shared/contracts/pulse.v1.ts';
import { MINUTE_MS } from '../../shared/domain/units/units.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import { firstEnvelope } from '../../shared/runtime/seal-message.ts';
import type { SessionPlayer } from '../session-player.ts';

const STALE_MS = 90_000;
const DEAD_MS = 180_000;
const RUNNER_RETRY_MS = 500;
/** The first minute does not wait longer for a runner: it may be out of the gateway's reach only. */
const ALL_CLEAR_WAIT_MS = 5_000;

export interface PulseParts {
  readonly runId: string;
  readonly queue: Pick<Queue, 'send'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
  readonly isRunnerUp: () => Promise<boolean>;
  /** The session under way or the last one, null before the first. */
  readonly player: () => SessionPlayer | null;
}

export type AllClearParts = Omit<PulseParts, 'intervalMs' | 'player'>;
type PlayerAddress = Pick<SessionPlayer, 'session' | 'minuteIndex' | 'minutes'>;

/** Runs until the signal aborts. A pulse that cannot be sent is not sent later: the next one says more. */
export async function runPulses(parts: PulseParts, signal: AbortSignal): Promise<void> {
  for (let sequence = 0; ; sequence += 1) {
    await parts.clock.sleep(parts.intervalMs, signal);
    if (signal.aborted) return;
    const player = parts.player();
    // Between sessions a feed that is silent is as it should be.
    if (player === null || player.minuteIndex < 0 || player.isOver) continue;
    try {
      const data = await readPulse(player, parts, sequence);
      await parts.queue.send({ queue: 'signals', envelope: pulseEnvelope(parts.runId, data) });
    } catch (error) {
      parts.logger.warn({ err: error, sequence }, 'a pulse was not sent');
    }
  }
}

/**
 * For a run without pulses: nobody watches, so whatever the feed or the runner did at another pace is over once the runner
 * answers. Nothing is said before that, since nobody would take it back. Resolves when it is said, or after 5 s, and goes
 * on trying until the signal aborts.
 */
export async function sendAllClear(parts: AllClearParts, player: PlayerAddress, signal: AbortSignal): Promise<void> {
  const waited = new AbortController();
  const said = untilAllClear(parts, player, signal).finally(() => waited.abort());
  await Promise.race([said, parts.clock.sleep(ALL_CLEAR_WAIT_MS, AbortSignal.any([signal, waited.signal]))]);
}

async function untilAllClear(parts: AllClearParts, player: PlayerAddress, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      if (await parts.isRunnerUp()) return await sendRecovery(parts, player);
    } catch (error) {
      parts.logger.warn({ err: error }, 'the pulse that ends earlier conditions was not sent');
    }
    await parts.clock.sleep(RUNNER_RETRY_MS, signal);
  }
}

/** A minute that does not come by the wall clock is never late, so the feed is live. */
async function sendRecovery({ runId, queue, clock }: AllClearParts, player: PlayerAddress): Promise<void> {
  const sentAtMs = Math.floor(clock.nowMs());
  const state = { feedAgeMs: 0, feedState: 'live', runnerState: 'up' } as const;
  const envelope = pulseEnvelope(runId, { ...addressOf(player), ...state, sequence: 0, sentAtMs });
  await queue.send({ queue: 'signals', envelope });
}

async function readPulse(player: SessionPlayer, parts: PulseParts, sequence: number): Promise<PulseData> {
  const { closedMs, feedAwaitedSinceMs } = player;
  const nowMs = parts.clock.nowMs();
  const feedAgeMs = Math.max(0, nowMs - closedMs);
  // While a minute waits for its decision the market is not asked for the next one: then something else is slow.
  const silentMs = feedAwaitedSinceMs === null ? 0 : nowMs - feedAwaitedSinceMs;
  return {
    ...addressOf(player),
    sequence,
    sentAtMs: Math.floor(nowMs),
    feedAgeMs,
    feedState: silentMs > DEAD_MS ? 'dead' : silentMs > STALE_MS ? 'stale' : 'live',
    runnerState: (await parts.isRunnerUp()) ? 'up' : 'down',
  };
}

/** Before the first minute, that of the first. */
function addressOf({ session, minuteIndex, minutes }: PlayerAddress) {
  const index = Math.max(minuteIndex, 0);
  return { session: session.date, minuteIndex: index, minutes, openMs: session.openMs + index * MINUTE_MS };
}

function pulseEnvelope(runId: string, data: PulseData) {
  const { sentAtMs } = data;
  return firstEnvelope(pulseV1, { id: `pulse/${runId}/${sentAtMs}`, runId, occurredAt: sentAtMs }, data);
}
