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
import { type ArmOutcome, refusalToArm } from './arming.ts';
import { isAccepted } from './audit-findings.ts';
import { type Cause, liftRuleOf, type StandingCause } from './causes.ts';
import { DecisionFrame } from './decision-frame.ts';
import { type EquitySnapshot, EquityWatch } from './equity-watch.ts';
import { guardEntry, type GuardContext } from './guard.ts';
import { OpenOrders, type OpenOrdersSnapshot } from './open-orders.ts';
import { EntryTurns } from './entry-turns.ts';
import { entryOrders, exitOrder } from './order-factory.ts';
import { PortfolioVar } from './portfolio-var.ts';
import type { Profile } from '../profile/profile.ts';
import type { Opening } from './opening.ts';
import { protectiveStop } from './protective-stop.ts';
import { closeVerdict, type StatesSnapshot, TradingStates } from './trading-states.ts';
import type { RearmMode, Verdict, VerdictDetail } from './types.ts';
import type { VarHistory } from './var.ts';

export interface RiskStageOptions {
  /** Byte-sorted. */
  readonly symbols: readonly string[];
  readonly profile: Profile;
  readonly feeTable: FeeTable;
  readonly opening: Opening;
  readonly rearm: RearmMode;
  /** Of the run: decides whose entry is judged first. */
  readonly seed: number;
  /** A position below zero may stay; by default it is bought back at once. */
  readonly allowsShort?: boolean;
}

/** Everything the stage knows, as integers and codes; JSON-safe. */
export interface RiskSnapshot extends StatesSnapshot, EquitySnapshot {
  readonly account: AccountSnapshot;
  readonly orders: OpenOrdersSnapshot;
  readonly openingCashE4: UsdE4;
  readonly session: number;
  readonly minutes: number;
  readonly lastMinute: number;
  /** Per symbol 1 where its position was there when the session began and has not been flat since. */
  readonly carried: readonly number[];
  /** Absent before the first pulse, and where an earlier version wrote it. */
  readonly pulsedAtMs?: EpochMs;
}

const NO_NUMBERS: VerdictDetail = { limit: 0, value: 0, wouldPass: 0, unit: 'none' };

export class RiskStage extends TradingStates {
  account: Account;
  orders: OpenOrders;
  readonly equity: EquityWatch;
  openingCashE4: UsdE4;
  lastMinute = -1;
  /** When the newest pulse that was believed was sent, by the gateway's clock; 0 before the first. */
  pulsedAtMs: EpochMs = 0;
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

  constructor(options: RiskStageOptions) {
    super();
    const count = options.symbols.length;
    const { cashE4, causes } = options.opening;
    this.#options = options;
    this.account = new Account(count, cashE4);
    this.orders = new OpenOrders(count);
    this.decision = new DecisionFrame(count);
    this.#var = new PortfolioVar(count);
    this.#carried = new Uint8Array(count);
    this.#turns = new EntryTurns(options.symbols);
    this.#fees = sessionFees(options.feeTable, 0);
    this.equity = new EquityWatch(options.profile, options.opening);
    this.openingCashE4 = cashE4;
    this.setCauses(causes);
  }

  /** `history` is what VaR needs for this session; null where the profile has no VaR limit. */
  startSession(session: Session, minutes: number, history: VarHistory | null): void {
    this.resumeSession(session, minutes, history);
    // Orders end with their session, whether or not a broker said so in time.
    this.orders = new OpenOrders(this.#options.symbols.length);
    this.#carried.set(this.account.quantity.map((quantity) => (quantity === 0 ? 0 : 1)));
    this.openingCashE4 = this.account.cashE4;
    this.equity.startSession(this.account.equityE4());
    this.lastMinute = -1;
    // A book can bring a cause of this very session, or of a later one: this open is not the next one after it.
    this.lift(({ cause, sinceMs }) => liftRuleOf(cause) === 'next-open' && sinceMs <= session.openMs);
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

  get equityE4(): UsdE4 {
    return this.equity.equityE4;
  }

  /**
   * After fills and marks of minute `i`: equity, peaks, and the trips that follow from them. Returns what came of arming
   * where the run arms itself, null where it did not.
   */
  evaluate(minuteIndex: number): ArmOutcome | null {
    this.lastMinute = minuteIndex;
    this.equity.mark(this.account.equityE4());
    const rearmed = this.#isDueToRearm() ? this.#arm(({ cause }) => cause === 'DRAWDOWN') : null;
    if (rearmed?.kind === 'armed') this.rearms += 1;
    // Each limit trips by itself, whatever stands already.
    if (!this.stands('DRAWDOWN')) this.#trip('DRAWDOWN', this.equity.drawdownReached());
    if (!this.stands('DAILY_LOSS')) this.#trip('DAILY_LOSS', this.equity.dailyLossReached());
    return rearmed;
  }

  #trip(cause: Cause, why: string | null): void {
    if (why !== null) this.impose({ cause, sinceMs: this.lastCloseMs, by: 'core', why });
  }

  /** By an operator's hand. Of what an audit has found, only the finding that the operator names is lifted. */
  arm({ acceptAudit }: { readonly acceptAudit: string | null }): ArmOutcome {
    return this.#arm((each) => liftRuleOf(each.cause) === 'arm' || isAccepted(each, acceptAudit), acceptAudit);
  }

  #arm(isLifted: (standing: StandingCause) => boolean, acceptAudit: string | null = null): ArmOutcome {
    const { isFlat } = this.account;
    const { causes } = this;
    const refusal = refusalToArm({ isFlat, hasWorkingOrder: this.orders.isAnyWorking, causes, acceptAudit }, isLifted);
    if (refusal !== null) return { kind: 'refused', code: refusal, remaining: causes };
    const lifted = this.lift(isLifted);
    const formerReferenceE4 = this.equity.rebase();
    return { kind: 'armed', lifted, remaining: this.causes, formerReferenceE4, referenceE4: this.equityE4 };
  }

  /** `--rearm session`: a drawdown of an earlier session goes at the first flat minute. */
  #isDueToRearm(): boolean {
    if (this.#options.rearm !== 'session' || !this.stands('DRAWDOWN')) return false;
    const { sinceMs } = this.causes.find(({ cause }) => cause === 'DRAWDOWN')!;
    const isOfThisSession = sinceMs > this.#session.openMs && sinceMs <= this.lastCloseMs;
    return !isOfThisSession && this.account.isFlat && !this.orders.isAnyWorking;
  }

  /** The decision of minute `i`; the frame is reused by the next call. */
  decide(minuteIndex: number, signals: SignalFrame): DecisionFrame {
    const { decision } = this;
    decision.start(minuteIndex, this.#closeMs(minuteIndex));
    const forced = this.flattenVerdict() ?? closeVerdict(minuteIndex, this.#minutes);
    const entrants = this.#entrants;
    // Setting a length costs more than the rest of a quiet minute.
    if (entrants.length > 0) entrants.length = 0;
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
    decision.finish(this, this.equityE4);
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
    const order: Order = exitOrder(this.#address(s, quantity, 0), held > 0 ? 'SELL' : 'BUY');
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
      sessionLossE4: this.equity.sessionLossE4,
      dailyLossMaxE4: this.equity.dailyLossMaxE4,
      drawdownE4: this.equity.limitDrawdownE4,
      drawdownMaxE4: this.equity.drawdownMaxE4,
      exposureE4: this.account.exposureE4() + this.orders.pendingEntryE4(),
      ordersThisMinute: this.decision.entryAndExitCount(),
      varWithE4: (quantity) => this.#var.withEntryE4(this, { s, quantity, priceE4 }),
      staleHistory: () => this.#var.history?.stale(s) ?? null,
    };
  }

  #closeMs(minuteIndex: number): EpochMs {
    return this.#session.openMs + (minuteIndex + 1) * MINUTE_MS;
  }

  snapshot(): RiskSnapshot {
    return {
      account: this.account.snapshot(),
      orders: this.orders.snapshot(),
      openingCashE4: this.openingCashE4,
      ...this.equity.snapshot(),
      causes: this.causes,
      rearms: this.rearms,
      session: this.#session.date,
      minutes: this.#minutes,
      lastMinute: this.lastMinute,
      carried: Array.from(this.#carried),
      ...(this.pulsedAtMs > 0 && { pulsedAtMs: this.pulsedAtMs }),
    };
  }

  /** The inverse of `snapshot`; follow it with `resumeSession` or `startSession`. */
  restore(snapshot: RiskSnapshot): void {
    this.account = Account.restore(snapshot.account);
    this.orders = OpenOrders.restore(snapshot.orders);
    this.openingCashE4 = snapshot.openingCashE4;
    this.equity.restore(snapshot);
    this.setCauses(snapshot.causes);
    this.rearms = snapshot.rearms;
    this.lastMinute = snapshot.lastMinute;
    this.#carried.set(snapshot.carried);
    this.pulsedAtMs = snapshot.pulsedAtMs ?? 0;
    this.#minutes = snapshot.minutes;
    if (snapshot.session !== 0) this.#session = sessionOn(snapshot.session) ?? this.#session;
  }
}
