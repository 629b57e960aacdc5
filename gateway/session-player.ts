/**
 * Plays one session in lock-step: a minute leaves when the decision on the one before it is recorded, whatever the pace.
 *
 * After a restart the minutes that have left are folded again through quality and broker, with the decisions that had
 * been taken, and the session goes on where it stopped.
 */

import { rawBars } from '../shared/contracts/frames.ts';
import type { Session } from '../shared/domain/calendar/calendar.ts';
import type { BarTable } from '../shared/domain/market/bar-table.ts';
import { MinuteFrame } from '../shared/domain/market/frame.ts';
import { QualityStage } from '../shared/domain/quality/quality.ts';
import type { RunConfig } from '../shared/domain/run-config.ts';
import { tradedMinutes } from '../shared/domain/session.ts';
import { MINUTE_MS } from '../shared/domain/units/units.ts';
import type { Broker } from '../shared/ports/broker.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Logger } from '../shared/ports/logger.ts';
import type { OutgoingMessage } from '../shared/ports/queue.ts';
import type { Database } from '../shared/ports/repositories.ts';
import type { DecisionInbox, TakenMinute } from './decision-inbox.ts';
import type { Journal } from './journal.ts';
import { type ClosedMinute, minuteMessage, type MinutePublisher } from './minute-publisher.ts';
import type { Pace } from './pace.ts';

export interface PlayerParts {
  readonly config: RunConfig;
  readonly broker: Broker;
  readonly database: Database;
  readonly publisher: MinutePublisher;
  readonly inbox: DecisionInbox;
  readonly journal: Pick<Journal, 'append'>;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly logger: Logger;
  /** After this long without a decision the minute is sent again. */
  readonly resendMs: number;
}

/** @internal Exported for its tests. */
const RESENDS_MAX = 60;

/**
 * The run cannot go on: a minute got no decision.
 *
 * @internal Exported for its tests.
 */
class NoDecisionError extends Error {
  override readonly name = 'NoDecisionError';
}

export class SessionPlayer {
  /** The minute under way; -1 before the first. */
  minuteIndex = -1;
  closedMs: number;
  /** True after the last decision. */
  isOver = false;
  readonly session: Session;
  readonly minutes: number;
  readonly #parts: PlayerParts;
  readonly #table: BarTable;
  readonly #quality: QualityStage;
  readonly #frame: MinuteFrame;

  constructor(parts: PlayerParts, session: Session, table: BarTable) {
    this.#parts = parts;
    this.session = session;
    this.minutes = tradedMinutes(parts.config, session);
    this.#table = table;
    this.#quality = new QualityStage(parts.config.symbols.length);
    this.#frame = new MinuteFrame(parts.config.symbols.length);
    this.closedMs = parts.clock.nowMs();
  }

  /** Resolves when the last decision is recorded, or when the signal aborts. Throws NoDecisionError. */
  async play(signal: AbortSignal): Promise<void> {
    const pending = await this.#resume();
    if (pending !== null && !(await this.#decided(pending, signal))) return;
    while (this.minuteIndex < this.minutes - 1) {
      await this.#parts.pace.nextClose(signal);
      if (signal.aborted) return;
      const message = await this.#close();
      if (!(await this.#decided(message, signal))) return;
    }
    this.isOver = true;
    await this.#parts.publisher.settleNow();
  }

  /** The message of a minute that left and whose decision has not come, if there is one. */
  async #resume(): Promise<OutgoingMessage | null> {
    const { config, broker, database } = this.#parts;
    const { session, minutes } = this;
    this.#quality.startSession();
    await broker.startSession(session, minutes);
    const row = { runId: config.runId, session: session.date, minutes, openMs: session.openMs };
    await database.transaction(({ runs }) => runs.openSession(row));
    const { progress, taken } = await this.#recorded();
    let last: ClosedMinute | null = null;
    while (this.minuteIndex < progress.publishedMinute) {
      last = await this.#next();
      const decision = taken.find(({ minuteIndex }) => minuteIndex === this.minuteIndex);
      if (decision !== undefined) await broker.recall(decision);
    }
    return last !== null && progress.decidedMinute < progress.publishedMinute ? minuteMessage(config, last) : null;
  }

  async #close(): Promise<OutgoingMessage> {
    const minute = await this.#next(true);
    return this.#parts.publisher.publish(minute);
  }

  /** Reads the next minute and works the orders on it. */
  async #next(isNew = false): Promise<ClosedMinute> {
    const { config, broker, clock, journal } = this.#parts;
    this.minuteIndex += 1;
    this.closedMs = clock.nowMs();
    const { minuteIndex, minutes, closedMs } = this;
    const address = { session: this.session.date, minuteIndex, openMs: this.session.openMs + minuteIndex * MINUTE_MS };
    this.#table.readMinute(minuteIndex, this.#frame);
    const bars = rawBars(this.#frame, config.symbols);
    if (isNew) await journal.append({ ...address, bars });
    this.#quality.step(this.#frame);
    const report = await broker.report(minuteIndex, this.#frame);
    return { ...address, minutes, bars, report, closedMs };
  }

  /** False when the signal aborted first. */
  async #decided(message: OutgoingMessage, signal: AbortSignal): Promise<boolean> {
    const taken = await this.#waitFor(message, signal);
    if (taken === null) return false;
    const { instructions, latency } = taken;
    await this.#parts.broker.submit(instructions);
    if (latency !== null) this.#parts.publisher.settleLater({ ...latency, recordedMs: this.#parts.clock.nowMs() });
    return true;
  }

  async #waitFor(message: OutgoingMessage, signal: AbortSignal): Promise<TakenMinute | null> {
    const { inbox, publisher, logger, resendMs } = this.#parts;
    for (let resends = 0; ; resends++) {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(resendMs)]);
      const taken = await inbox.wait(this.session.date, this.minuteIndex, patience);
      if (taken !== null || signal.aborted) return taken;
      const unheard = await this.#takenUnheard();
      if (unheard !== null) return unheard;
      if (resends === RESENDS_MAX) break;
      logger.warn({ messageId: message.envelope.id, resends }, 'no decision yet: the minute is sent again');
      await publisher.send(message, Math.floor(this.#parts.clock.nowMs()));
    }
    throw new NoDecisionError(
      `minute ${this.minuteIndex} of session ${this.session.date} got no decision after ${RESENDS_MAX} resends: ` +
        'see the logs of host and gpu-runner, and ./jules queues status for dead letters',
    );
  }

  /** A commit that held although its answer was lost: the message is a repeat by now and hands nothing over. */
  async #takenUnheard(): Promise<TakenMinute | null> {
    const { progress, taken } = await this.#recorded();
    if (progress.decidedMinute < this.minuteIndex) return null;
    const instructions = taken.find(({ minuteIndex }) => minuteIndex === this.minuteIndex);
    return { instructions: instructions ?? { orders: [], cancels: [] }, latency: null };
  }

  /** How far the session has come, and the orders of the decisions taken. */
  #recorded() {
    const { config, database } = this.#parts;
    const { date } = this.session;
    return database.transaction(async ({ execution }) => {
      const progress = await execution.progress(config.runId, date);
      const taken = progress.decidedMinute < 0 ? [] : await execution.takenDecisions(config.runId, date);
      return { progress, taken };
    });
  }
}
