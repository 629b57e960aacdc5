/**
 * The risk half of a minute: applies the broker's report, marks to market, trips states, and turns signals into a
 * decision with its orders. Always one decision a minute, HOLD and missing data included.
 *
 * The state is plain integers with a snapshot, so that the risk handler can store it in the minute's transaction.
 */

import { BUY, SELL } from '../policy/actions.ts';
import { Account, type AccountSnapshot } from '../account/account.ts';
import { type Session, sessionOn } from '../calendar/calendar.ts';
import type { FeeTable } from '../execution/fee-tables.ts';
import { type SessionFees, sessionFees } from '../execution/fees.ts';
import type { BrokerReport, Order } from '../orders/types.ts';
import { SignalFrame } from '../sizing/signal-stage.ts';
import { assert, type EpochMs, MINUTE_MS, type UsdE4 } from '../units/units.ts';
import { DecisionFrame } from './decision-frame.ts';
import { guardEntry, type GuardContext } from './guard.ts';
import { OpenOrders, type OpenOrdersSnapshot } from './open-orders.ts';
import { EntryTurns } from './entry-turns.ts';
import { entryOrders, exitOrder } from './order-factory.ts';
import { PortfolioVar } from './portfolio-var.ts';
import { partOfE4, type Profile } from '../profile/profile.ts';
import { protectiveStop } from './protective-stop.ts';
import { type StatesSnapshot, TradingStates } from './trading-states.ts';
import type { Verdict, VerdictDetail, RearmMode } from './types.ts';
import type { VarHistory } from './var.ts';

export interface RiskStageOptions {
  /** Byte-sorted. */
  readonly symbols: readonly string[];
  readonly profile: Profile;
  readonly feeTable: FeeTable;
  readonly cashE4: UsdE4;
  readonly rearm: RearmMode;
  /** Of the run: decides whose entry is judged first. */
  readonly seed: number;
  /** A position below zero may stay; by default it is bought back at once. */
  readonly allowsShort?: boolean;
}

/** Everything the stage knows, as integers and codes; JSON-safe. */
export interface RiskSnapshot extends StatesSnapshot {
  readonly account: AccountSnapshot;
  readonly orders: OpenOrdersSnapshot;
  readonly openingCashE4: UsdE4;
  readonly sessionStartE4: UsdE4;
  readonly equityE4: UsdE4;
  readonly peakE4: UsdE4;
  readonly maxDrawdownE4: UsdE4;
  readonly session: number;
  readonly minutes: number;
  readonly lastMinute: number;
  /** Per symbol 1 where its position was there when the session began and has not been flat since. */
  readonly carried: readonly number[];
}

const NO_NUMBERS: VerdictDetail = { limit: 0, value: 0, wouldPass: 0, unit: 'none' };

export class RiskStage extends TradingStates {
  account: Account;
  orders: OpenOrders;
  equityE4: UsdE4;
  peakE4: UsdE4;
  maxDrawdownE4: UsdE4 = 0;
  openingCashE4: UsdE4;
  sessionStartE4: UsdE4;
  lastMinute = -1;
  readonly decision: DecisionFrame;
  readonly #options: RiskStageOptions;
  readonly #var: PortfolioVar;
  /** 1 for a position that was there when the session began, until it is flat. */
  readonly #carried: Uint8Array;
  readonly #turns: EntryTurns;
  /** Symbols that want in, kept from minute to minute so that nothing is allocated. */
  readonly #entrants: number[] = [];
  #session: Session = { date: 0, openMs: 0, minutes: 0, isHalfDay: false };
  #minutes = 0;
  #fees: SessionFees;
  #dailyLossMaxE4: UsdE4 = 0;
  #drawdownMaxE4: UsdE4 = 0;

  constructor(options: RiskStageOptions) {
    super();
    const count = options.symbols.length;
    this.#options = options;
    this.account = new Account(count, options.cashE4);
    this.orders = new OpenOrders(count);
    this.decision = new DecisionFrame(count);
    this.#var = new PortfolioVar(count);
    this.#carried = new Uint8Array(count);
    this.#turns = new EntryTurns(options.symbols);
    this.#fees = sessionFees(options.feeTable, 0);
    this.equityE4 = options.cashE4;
    this.peakE4 = options.cashE4;
    this.openingCashE4 = options.cashE4;
    this.sessionStartE4 = options.cashE4;
  }

  /** `history` is what VaR needs for this session; null where the profile has no VaR limit. */
  startSession(session: Session, minutes: number, history: VarHistory | null): void {
    this.resumeSession(session, minutes, history);
    // Orders end with their session, whether or not a broker said so in time.
    this.orders = new OpenOrders(this.#options.symbols.length);
    this.#carried.set(this.account.quantity.map((quantity) => (quantity === 0 ? 0 : 1)));
    this.openingCashE4 = this.account.cashE4;
    this.equityE4 = this.account.equityE4();
    this.sessionStartE4 = this.equityE4;
    this.lastMinute = -1;
    this.#setLimits();
    this.liftAtOpen({ rearms: this.#options.rearm === 'session' });
  }

  /** Date of the session, 0 before the first. */
  get session(): number {
    return this.#session.date;
  }

  get minutes(): number {
    return this.#minutes;
  }

  /** Close of the last minute decided; 0 before the first session. */
  get lastCloseMs(): EpochMs {
    return this.#session.date === 0 ? 0 : this.#closeMs(this.lastMinute);
  }

  /** Puts a restored stage back into its session. */
  resumeSession(session: Session, minutes: number, history: VarHistory | null): void {
    this.#session = session;
    this.#minutes = minutes;
    this.#fees = sessionFees(this.#options.feeTable, session.date);
    this.#var.history = history;
    this.#setLimits();
  }

  /** Books what the broker reported with this minute. */
  applyReport(report: BrokerReport): void {
    for (const fill of report.fills) {
      const s = this.#options.symbols.indexOf(fill.symbol);
      assert(s >= 0, `a fill names a symbol of the run, got ${fill.symbol}`);
      this.account.applyFill(fill, s);
      if (this.account.quantity[s] === 0) this.#carried[s] = 0;
      this.orders.onFill(s, fill);
    }
    for (const closed of report.closed) this.orders.onClosed(closed);
  }

  /** After fills and marks of minute `i`: equity, peak, and the trips that follow from them. */
  evaluate(minuteIndex: number): void {
    this.lastMinute = minuteIndex;
    const equityE4 = this.account.equityE4();
    this.equityE4 = equityE4;
    if (equityE4 > this.peakE4) this.#setPeak(equityE4);
    const drawdownE4 = this.peakE4 - equityE4;
    if (drawdownE4 > this.maxDrawdownE4) this.maxDrawdownE4 = drawdownE4;
    if (this.state === 'HALTED') return;
    // Written so that a value that is not a number trips.
    if (!(drawdownE4 < this.#drawdownMaxE4)) this.halt('DRAWDOWN', this.#closeMs(minuteIndex));
    else if (!(this.sessionStartE4 - equityE4 < this.#dailyLossMaxE4)) this.stopTheDay();
  }

  /** The running peak starts anew. */
  override arm(): void {
    super.arm();
    this.#setPeak(this.equityE4);
  }

  /** The decision of minute `i`; the frame is reused by the next call. */
  decide(minuteIndex: number, signals: SignalFrame): DecisionFrame {
    const { decision } = this;
    decision.start(minuteIndex, this.#closeMs(minuteIndex));
    const forced = this.flattenVerdict(minuteIndex, this.#minutes);
    const entrants = this.#entrants;
    entrants.length = 0;
    for (let s = 0; s < this.#options.symbols.length; s++) {
      const action = signals.actions[s]!;
      decision.actions[s] = action;
      if ((forced !== null || action === SELL) && this.orders.entryRef(s) !== null) this.#cancelEntry(s);
      if (this.account.quantity[s] !== 0) this.#leave(s, forced, signals);
      else if (action === BUY && decision.isUndecided(s) && this.orders.entryRef(s) === null) entrants.push(s);
    }
    this.#takeTurns(entrants);
    for (const s of entrants) this.#buy(s, signals);
    decision.sortOrders();
    decision.finish(this.state, this.cause, this.equityE4);
    return decision;
  }

  /**
   * The decision of a minute whose signal is in quarantine: HOLD for every symbol and nothing new, while what has to be
   * flat goes flat as in any other minute.
   */
  decideWithoutSignal(minuteIndex: number): DecisionFrame {
    const decision = this.decide(minuteIndex, new SignalFrame(this.#options.symbols.length));
    for (let s = 0; s < this.#options.symbols.length; s++) {
      if (decision.isUndecided(s)) decision.set(s, 'QUARANTINED', 0, NO_NUMBERS);
    }
    return decision;
  }

  /** A position that stays is not decided on: BUY while long never resizes. */
  #leave(s: number, forced: Verdict | null, signals: SignalFrame): void {
    const verdict = this.#exitVerdict(s, forced, signals);
    if (verdict !== null) this.#exit(s, verdict);
  }

  /** Why a position goes in this minute, named by the first reason that holds; null: it stays. */
  #exitVerdict(s: number, forced: Verdict | null, { actions, present }: SignalFrame): Verdict | null {
    if (forced !== null && forced !== 'FLATTEN_CLOSE') return forced;
    if (this.#carried[s] === 1 && present[s] === 1) return 'CARRIED_POSITION';
    const isShort = this.account.quantity[s]! < 0;
    if (isShort && this.#options.allowsShort !== true) return 'SHORT_NOT_ALLOWED';
    if (forced !== null) return forced;
    return actions[s] === SELL || (isShort && actions[s] === BUY) ? 'EXIT' : null;
  }

  /** Where every entry is denied, or none has to make room for another, turns change nothing. */
  #takeTurns(entrants: number[]): void {
    const { profile, seed } = this.#options;
    if (entrants.length < 2 || this.state !== 'ACTIVE' || profile.frictionless) return;
    this.#turns.sort(entrants, { seed, session: this.#session.date, minuteIndex: this.lastMinute });
  }

  #buy(s: number, signals: SignalFrame): void {
    const limitPriceE4 = signals.limitPriceE4[s]!;
    const request = {
      present: signals.present[s] === 1,
      faults: signals.faults[s]!,
      quantity: signals.entryQuantity[s]!,
      priceE4: limitPriceE4 === 0 ? signals.markE4[s]! : limitPriceE4,
      minuteIndex: this.lastMinute,
      minutes: this.#minutes,
    };
    const verdict = guardEntry(this.#options.profile, request, this.#standing(s, request.priceE4));
    this.decision.set(s, verdict.verdict, verdict.quantity, verdict.detail);
    if (verdict.quantity > 0) this.#enter(s, verdict.quantity, limitPriceE4);
  }

  #enter(s: number, quantity: number, limitPriceE4: number): void {
    const { profile } = this.#options;
    const entry = this.#address(s, quantity, limitPriceE4);
    const stop = protectiveStop(profile, this.#fees, entry);
    if (stop.kind === 'too-close') return this.decision.set(s, 'STOP_DISTANCE_TOO_SMALL', 0, stop.detail);
    const orders = entryOrders(profile, entry, stop);
    for (const order of orders) this.decision.orders.push(order);
    this.orders.onApproved(s, orders);
  }

  #exit(s: number, verdict: Verdict): void {
    if (this.orders.hasExit(s)) {
      this.decision.set(s, 'EXIT_WORKING', 0, null);
      return;
    }
    if (!(this.account.markE4[s]! > 0)) {
      this.decision.set(s, 'PRICE_MISSING', 0, { limit: 0, value: 0, wouldPass: 1, unit: 'usdE4' });
      return;
    }
    const held = this.account.quantity[s]!;
    const quantity = Math.abs(held);
    const order: Order = exitOrder({ ...this.#address(s, quantity, 0), side: held > 0 ? 'SELL' : 'BUY' });
    this.decision.set(s, verdict, quantity, null);
    this.decision.orders.push(order);
    this.orders.onApproved(s, [order]);
  }

  #cancelEntry(s: number): void {
    this.decision.cancels.push(this.orders.entryRef(s)!);
    this.decision.set(s, 'ENTRY_CANCELLED', 0, null);
    this.orders.onEntryCancelled(s);
  }

  #address(s: number, quantity: number, limitPriceE4: number) {
    return {
      quantity,
      limitPriceE4,
      symbol: this.#options.symbols[s]!,
      session: this.#session.date,
      minuteIndex: this.lastMinute,
      eventMs: this.#closeMs(this.lastMinute),
      referencePriceE4: this.account.markE4[s]!,
    };
  }

  #standing(s: number, priceE4: number): GuardContext {
    return {
      state: this.state,
      equityE4: this.equityE4,
      sessionLossE4: this.sessionStartE4 - this.equityE4,
      dailyLossMaxE4: this.#dailyLossMaxE4,
      drawdownE4: this.peakE4 - this.equityE4,
      drawdownMaxE4: this.#drawdownMaxE4,
      exposureE4: this.account.exposureE4() + this.orders.pendingEntryE4(),
      ordersThisMinute: this.decision.entryAndExitCount(),
      varWithE4: (quantity) => this.#var.withEntryE4(this, { s, quantity, priceE4 }),
    };
  }

  #setPeak(equityE4: UsdE4): void {
    this.peakE4 = equityE4;
    this.#setDrawdownLimit();
  }

  #setLimits(): void {
    const { dailyLossMaxUsdE4, dailyLossMaxFraction } = this.#options.profile;
    this.#dailyLossMaxE4 = Math.min(dailyLossMaxUsdE4, partOfE4(dailyLossMaxFraction, this.sessionStartE4));
    this.#setDrawdownLimit();
  }

  #setDrawdownLimit(): void {
    const { drawdownMaxUsdE4, drawdownMaxFraction } = this.#options.profile;
    this.#drawdownMaxE4 = Math.min(drawdownMaxUsdE4, partOfE4(drawdownMaxFraction, this.peakE4));
  }

  #closeMs(minuteIndex: number): EpochMs {
    return this.#session.openMs + (minuteIndex + 1) * MINUTE_MS;
  }

  snapshot(): RiskSnapshot {
    return {
      account: this.account.snapshot(),
      orders: this.orders.snapshot(),
      openingCashE4: this.openingCashE4,
      sessionStartE4: this.sessionStartE4,
      equityE4: this.equityE4,
      peakE4: this.peakE4,
      maxDrawdownE4: this.maxDrawdownE4,
      state: this.state,
      cause: this.cause,
      haltedAtMs: this.haltedAtMs,
      rearms: this.rearms,
      session: this.#session.date,
      minutes: this.#minutes,
      lastMinute: this.lastMinute,
      carried: Array.from(this.#carried),
    };
  }

  /** The inverse of `snapshot`; follow it with `resumeSession` or `startSession`. */
  restore(snapshot: RiskSnapshot): void {
    this.account = Account.restore(snapshot.account);
    this.orders = OpenOrders.restore(snapshot.orders);
    this.openingCashE4 = snapshot.openingCashE4;
    this.sessionStartE4 = snapshot.sessionStartE4;
    this.equityE4 = snapshot.equityE4;
    this.peakE4 = snapshot.peakE4;
    this.maxDrawdownE4 = snapshot.maxDrawdownE4;
    this.state = snapshot.state;
    this.cause = snapshot.cause;
    this.haltedAtMs = snapshot.haltedAtMs;
    this.rearms = snapshot.rearms;
    this.lastMinute = snapshot.lastMinute;
    this.#carried.set(snapshot.carried);
    this.#minutes = snapshot.minutes;
    if (snapshot.session !== 0) this.#session = sessionOn(snapshot.session) ?? this.#session;
  }
}
