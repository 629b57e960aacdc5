/**
 * Plays one session in lock-step: a minute leaves when the decision on the one before it is recorded, whatever the pace.
 *
 * After a restart the minutes that have left are folded again through quality and broker, with the decisions that had
 * been taken, and the session goes on where it stopped.
 */

import { goodCloses, rawBars } from '../shared/contracts/minute-conversions.ts';
import type { Session } from '../shared/domain/calendar/calendar.ts';
import type { BarTable } from '../shared/domain/market/bar-table.ts';
import { MinuteFrame } from '../shared/domain/market/frame.ts';
import { QualityStage } from '../shared/domain/quality/quality.ts';
import { tradedMinutes } from '../shared/domain/run/session-core.ts';
import { MINUTE_MS } from '../shared/domain/units/units.ts';
import type { Broker } from '../shared/ports/broker.ts';
import { type DecisionWaitParts, waitForDecision } from './minutes/decision-wait.ts';
import type { Journal } from './minutes/journal.ts';
import type { ClosedMinute } from './minutes/publisher.ts';
import type { MinuteClock } from './minute-clock.ts';

export interface PlayerParts extends DecisionWaitParts {
  readonly broker: Broker;
  readonly journal: Pick<Journal, 'append'>;
  readonly minuteClock: MinuteClock;
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
      await this.#parts.minuteClock.nextClose(signal);
      if (signal.aborted) return;
      const minute = await this.#close();
      if (!(await this.#decided(minute, signal))) return;
    }
    this.isOver = true;
    await this.#parts.publisher.storeKeptLatency();
  }

  /** A minute that left and whose decision has not come, if there is one. */
  async #resume(): Promise<ClosedMinute | null> {
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
    return last !== null && progress.decidedMinute < progress.publishedMinute ? last : null;
  }

  async #close(): Promise<ClosedMinute> {
    const minute = await this.#next(true);
    await this.#parts.publisher.publish(minute);
    return minute;
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
    return { ...address, minutes, bars, closes: goodCloses(this.#frame, config.symbols), report, closedMs };
  }

  /** False when the signal aborted first. */
  async #decided(minute: ClosedMinute, signal: AbortSignal): Promise<boolean> {
    const taken = await waitForDecision(minute, this.#parts, signal);
    if (taken === null) return false;
    const { instructions, latency } = taken;
    await this.#parts.broker.submit(instructions);
    if (latency !== null) this.#parts.publisher.keepLatency({ ...latency, recordedMs: this.#parts.clock.nowMs() });
    return true;
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
