/**
 * The gateway: owns the broker session and the trading clock, and plays one session after the other.
 */

import { sessionOn } from '../shared/domain/calendar/calendar.ts';
import type { RunConfig } from '../shared/domain/run/run-config.ts';
import type { Broker } from '../shared/ports/broker.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Logger } from '../shared/ports/logger.ts';
import type { MarketSource } from '../shared/ports/market-source.ts';
import type { Queue } from '../shared/ports/queue.ts';
import type { Database } from '../shared/ports/repositories.ts';
import type { SessionRow } from '../shared/ports/repositories/runs.ts';
import { createDatabaseGate } from '../shared/runtime/database-gate.ts';
import { type RecordQueue, startPoller } from '../shared/runtime/poller.ts';
import { fixOfRefusal } from '../shared/runtime/run-refusals.ts';
import { createSentLog } from '../shared/runtime/sent-log.ts';
import { sqsHandler } from '../shared/runtime/sqs-handler.ts';
import type { Topology } from '../shared/topology.ts';
import { DecisionInbox } from './minutes/decision-inbox.ts';
import type { Journal } from './minutes/journal.ts';
import { MinutePublisher } from './minutes/publisher.ts';
import type { MinuteClock } from './minute-clock.ts';
import { createPatientDatabase } from './patient-database.ts';
import { RunStoppedError } from './run-stopped.ts';
import { type PlayerParts, SessionPlayer } from './session-player.ts';

export interface GatewayOptions {
  readonly config: RunConfig;
  readonly kind: 'paper' | 'replay';
  readonly source: MarketSource;
  readonly broker: Broker;
  readonly journal: Pick<Journal, 'append'>;
  readonly minuteClock: MinuteClock;
  readonly database: Database;
  readonly queue: RecordQueue & Pick<Queue, 'send'>;
  readonly topology: Topology;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called at every session that begins; its first minute waits for it. */
  readonly onSession?: (player: SessionPlayer) => Promise<void>;
}

/** Resolves when the source has no more sessions or the signal aborts. */
export async function runGateway(options: GatewayOptions, signal: AbortSignal): Promise<'finished' | 'stopped'> {
  const { clock, logger, topology, queue } = options;
  const gate = createDatabaseGate({ database: options.database, clock, logger });
  gate.suspect();
  await gate.waitUntilUp(signal);
  if (signal.aborted) return 'stopped';

  const database = createPatientDatabase(gate, signal);
  const config = await beginRun(options, database);
  const inbox = new DecisionInbox(config.runId);
  const marks = createSentLog({ database: gate.database, clock, logger });
  const publisher = new MinutePublisher({ config, database, queue, marks, logger });
  const resendMs = topology.queues.minutes.visibilityTimeoutMs;
  const parts: PlayerParts = { ...options, config, database, inbox, publisher, resendMs };
  const handler = sqsHandler({
    consumer: 'gateway',
    routes: inbox.routes(),
    database: gate.database,
    queue,
    clock,
    logger,
    topology,
    markPublished: (ids) => marks.add(ids),
  });
  const forgetMessages = async (): Promise<void> => {
    await marks.flush();
    await database.transaction(({ outbox }) => outbox.forgetClosed());
  };
  const poller = startPoller({ spec: topology.queues.orders, queue, handler, gate, clock, logger });
  try {
    return await playAll(options, { ...parts, forgetMessages }, signal);
  } finally {
    await poller.stop();
    await marks.flush();
  }
}

/** The configuration with the opening that its book gives it. Throws RunStoppedError where the run is another one. */
async function beginRun({ config, kind }: GatewayOptions, database: Database): Promise<RunConfig> {
  try {
    return await database.transaction(({ runs }) => runs.create(config, kind));
  } catch (error) {
    const fix = fixOfRefusal(error);
    if (fix === null) throw error;
    throw new RunStoppedError((error as Error).message, fix);
  }
}

async function playAll(
  options: GatewayOptions,
  { forgetMessages, ...parts }: PlayerParts & { readonly forgetMessages: () => Promise<void> },
  signal: AbortSignal,
): Promise<'finished' | 'stopped'> {
  const { source, logger, minuteClock } = options;
  // What the book's run before this one left, and what was noted as sent after the session's end.
  await forgetMessages();
  let last = await lastSession(parts);
  let session = last === null ? source.nextSession(null) : sessionOn(last.session);
  while (session !== null && !signal.aborted) {
    const player = new SessionPlayer(parts, session);
    await options.onSession?.(player);
    logger.info({ session: session.date, minutes: player.minutes }, 'session begins');
    await player.play(signal);
    if (signal.aborted) break;
    await forgetMessages();
    logger.info({ session: session.date }, 'session is over');
    session = source.nextSession(session.date);
    if (session !== null && last === null) await minuteClock.betweenSessions(signal);
    last = null;
  }
  return signal.aborted ? 'stopped' : 'finished';
}

async function lastSession({ database, config }: PlayerParts): Promise<SessionRow | null> {
  const sessions = await database.transaction(({ runs }) => runs.sessions(config.runId));
  return sessions.at(-1) ?? null;
}
