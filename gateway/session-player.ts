/**
 * Plays one session in lock-step: a minute leaves when the decision on the one before it is recorded, whatever the pace.
 *
 * After a restart the minutes that have left are folded again through quality and broker, with the decisions that had
 * been taken; where that gives the fills and ended orders on record, the session goes on where it stopped.
 */

import { tradedMinutes } from '../shared/domain/run/run-config.ts';
import { goodCloses, judgedBars, readRawBars } from '../shared/contracts/minute-conversions.ts';
import type { Session } from '../shared/domain/calendar/calendar.ts';
import { MinuteFrame } from '../shared/domain/market/frame.ts';
import { QualityStage } from '../shared/domain/quality/quality.ts';
import { assert, MINUTE_MS } from '../shared/domain/units/units.ts';
import type { Fill } from '../shared/domain/orders/types.ts';
import type { Broker } from '../shared/ports/broker.ts';
import type { OrderEventRow } from '../shared/ports/repositories/execution.ts';
import type { MarketSession, MarketSource } from '../shared/ports/market-source.ts';
import { type DecisionWaitParts, waitForDecision } from './minutes/decision-wait.ts';
import { checkFeeds, feedsOf } from './session-feeds.ts';
import type { Journal } from './minutes/journal.ts';
import { type ClosedMinute, orderEvents } from './minutes/publisher.ts';
import { checkExecutions, type Executions } from './session-executions.ts';
import type { MinuteClock } from './minute-clock.ts';

export interface PlayerParts extends DecisionWaitParts {
  readonly source: MarketSource;
  readonly broker: Broker;
  readonly journal: Pick<Journal, 'append'>;
  readonly minuteClock: MinuteClock;
}

/** The run cannot go on: its market gave fewer minutes than the session has. */
class SourceEndedError extends Error {
  override readonly name = 'SourceEndedError';

  constructor(session: number, minuteIndex: number, minutes: number) {
    super(
      `session ${session} ended after ${minuteIndex} of its ${minutes} minutes: its source has no more; a symbol without a bar ` +
        'is delivered as missing, so look at the source',
    );
  }
}

export class SessionPlayer {
  /** The minute under way; -1 before the first. */
  minuteIndex = -1;
  closedMs: number;
  /** Since when the next minute has been waited for; null while the one under way has no decision yet. */
  feedAwaitedSinceMs: number | null;
  /** True after the last decision. */
  isOver = false;
  readonly session: Session;
  readonly minutes: number;
  readonly #parts: PlayerParts;
  readonly #quality: QualityStage;
  readonly #frame: MinuteFrame;

  constructor(parts: PlayerParts, session: Session) {
    this.#parts = parts;
    this.session = session;
    this.minutes = tradedMinutes(parts.config, session);
    this.#quality = new QualityStage(parts.config.symbols.length);
    this.#frame = new MinuteFrame(parts.config.symbols.length);
    this.closedMs = parts.clock.nowMs();
    this.feedAwaitedSinceMs = this.closedMs;
  }

  /**
   * Resolves when the last decision is recorded, at once where it already is, or when the signal aborts. Throws
   * NoDecisionError, SourceEndedError, RunStoppedError.
   */
  async play(signal: AbortSignal): Promise<void> {
    if (await this.#wasPlayed()) return;
    const { session, minutes } = this;
    const market = await this.#parts.source.open({ session, minuteIndex: 0, minutes });
    const pending = await this.#resume(market, signal);
    if (pending !== null && !(await this.#decided(pending, signal, true))) return;
    while (this.minuteIndex < this.minutes - 1) {
      await this.#parts.minuteClock.nextClose(signal);
      if (signal.aborted) return;
      const minute = await this.#close(market, signal);
      if (minute === null || !(await this.#decided(minute, signal))) return;
    }
    this.isOver = true;
    await this.#parts.publisher.storeKeptLatency();
  }

  /** What a session that is over was played on is not asked for again: its file may be edited or gone. */
  async #wasPlayed(): Promise<boolean> {
    const { progress } = await this.#recorded();
    if (progress.decidedMinute < this.minutes - 1) return false;
    this.minuteIndex = this.minutes - 1;
    this.isOver = true;
    return true;
  }

  /** A minute that left and whose decision has not come, if there is one. */
  async #resume(market: MarketSession, signal: AbortSignal): Promise<ClosedMinute | null> {
    const { config, broker, database } = this.#parts;
    const { session, minutes } = this;
    this.#quality.startSession();
    await broker.startSession(session, minutes);
    const row = { runId: config.runId, session: session.date, minutes, openMs: session.openMs };
    const feeds = feedsOf(config.symbols, market.digests);
    const stored = await database.transaction(async ({ runs, quarantine }) => {
      await quarantine.add(market.quarantine);
      await runs.openSession(row, feeds);
      return runs.feeds(row);
    });
    checkFeeds(session.date, stored, feeds);
    const { progress, taken, executions } = await this.#recorded();
    const derived: { fills: Fill[]; events: OrderEventRow[] } = { fills: [], events: [] };
    let last: ClosedMinute | null = null;
    while (this.minuteIndex < progress.publishedMinute) {
      last = await this.#next(market, signal);
      if (last === null) return null;
      derived.fills.push(...last.report.fills);
      derived.events.push(...orderEvents(last.report, last.openMs));
      const decision = taken.find(({ minuteIndex }) => minuteIndex === this.minuteIndex);
      if (decision !== undefined) await broker.recall(decision);
    }
    checkExecutions(session, executions, derived);
    return last !== null && progress.decidedMinute < progress.publishedMinute ? last : null;
  }

  async #close(market: MarketSession, signal: AbortSignal): Promise<ClosedMinute | null> {
    const minute = await this.#next(market, signal, true);
    if (minute !== null) await this.#parts.publisher.publish(minute);
    return minute;
  }

  /** Takes the next minute of the market and works the orders on it; null when the signal aborted first. */
  async #next(market: MarketSession, signal: AbortSignal, isNew = false): Promise<ClosedMinute | null> {
    const { config, broker, clock, journal } = this.#parts;
    const delivered = await market.nextMinute(signal);
    if (delivered === null) {
      if (signal.aborted) return null;
      throw new SourceEndedError(this.session.date, this.minuteIndex + 1, this.minutes);
    }
    const { minuteIndex, bars } = delivered;
    assert(minuteIndex === this.minuteIndex + 1, 'a source delivers minutes in order and without gaps');
    this.minuteIndex = minuteIndex;
    this.closedMs = clock.nowMs();
    this.feedAwaitedSinceMs = null;
    const { minutes, closedMs } = this;
    const address = { session: this.session.date, minuteIndex, openMs: this.session.openMs + minuteIndex * MINUTE_MS };
    if (isNew) await journal.append({ ...address, bars });
    readRawBars(bars, this.#frame);
    this.#quality.step(this.#frame);
    const report = await broker.report(minuteIndex, this.#frame);
    const judged = { bars: judgedBars(bars, this.#frame), closes: goodCloses(this.#frame, config.symbols) };
    return { ...address, minutes, ...judged, report, closedMs };
  }

  /** False when the signal aborted first. */
  async #decided(minute: ClosedMinute, signal: AbortSignal, isResumed = false): Promise<boolean> {
    const taken = await waitForDecision(minute, this.#parts, signal, { isResumed });
    if (taken === null) return false;
    const { instructions, latency } = taken;
    await this.#parts.broker.submit(instructions);
    this.feedAwaitedSinceMs = this.#parts.clock.nowMs();
    if (latency !== null) this.#parts.publisher.keepLatency({ ...latency, recordedMs: this.#parts.clock.nowMs() });
    return true;
  }

  /** How far the session has come, the orders of the decisions taken, and what became of them. */
  #recorded() {
    const { config, database } = this.#parts;
    const { date } = this.session;
    return database.transaction(async ({ execution }) => {
      const progress = await execution.progress(config.runId, date);
      const taken = progress.decidedMinute < 0 ? [] : await execution.takenDecisions(config.runId, date);
      const fills = await execution.fills(config.runId, date);
      const executions: Executions = { fills, events: await execution.orderEvents(config.runId, date) };
      return { progress, taken, executions };
    });
  }
}
