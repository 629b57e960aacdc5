/**
 * The pulse of a live clock: every 30 s risk learns how old the feed is and whether the runner answers.
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

async function readPulse(player: SessionPlayer, parts: PulseParts, sequence: number): Promise<PulseData> {
  const { session, minuteIndex, minutes, closedMs, feedAwaitedSinceMs } = player;
  const nowMs = parts.clock.nowMs();
  const feedAgeMs = Math.max(0, nowMs - closedMs);
  // While a minute waits for its decision the market is not asked for the next one: then something else is slow.
  const silentMs = feedAwaitedSinceMs === null ? 0 : nowMs - feedAwaitedSinceMs;
  return {
    session: session.date,
    minuteIndex,
    minutes,
    openMs: session.openMs + minuteIndex * MINUTE_MS,
    sequence,
    sentAtMs: Math.floor(nowMs),
    feedAgeMs,
    feedState: silentMs > DEAD_MS ? 'dead' : silentMs > STALE_MS ? 'stale' : 'live',
    runnerState: (await parts.isRunnerUp()) ? 'up' : 'down',
  };
}

function pulseEnvelope(runId: string, data: PulseData) {
  const { sentAtMs } = data;
  return firstEnvelope(pulseV1, { id: `pulse/${runId}/${sentAtMs}`, runId, occurredAt: sentAtMs }, data);
}
