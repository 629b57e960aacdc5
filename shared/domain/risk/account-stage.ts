/**
 * Where the account of a run stands: what it holds and works, its equity, and the causes that follow from broker reports,
 * limits and arming.
 *
 * The state is plain integers with a snapshot, so that the risk handler can store it in the minute's transaction.
 */

import { Account, type AccountSnapshot } from '../account/account.ts';
import { type Session, sessionOn } from '../calendar/calendar.ts';
import type { FeeTable } from '../execution/fee-tables.ts';
import { type SessionFees, sessionFees } from '../execution/fees.ts';
import type { BrokerReport } from '../orders/types.ts';
import type { Profile } from '../profile/profile.ts';
import { assert, type EpochMs, MINUTE_MS, type UsdE4 } from '../units/units.ts';
import { type ArmOutcome, refusalToArm } from './arming.ts';
import { isAccepted } from './audit-findings.ts';
import { type Cause, liftRuleOf, type StandingCause } from './causes.ts';
import { type EquitySnapshot, EquityWatch } from './equity-watch.ts';
import { OpenOrders, type OpenOrdersSnapshot } from './open-orders.ts';
import { causesAtFirstOpen, type Opening } from './opening.ts';
import { PortfolioVar } from './portfolio-var.ts';
import { type StatesSnapshot, TradingStates } from './trading-states.ts';
import type { RearmMode } from './types.ts';
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

export class AccountStage extends TradingStates {
  account: Account;
  orders: OpenOrders;
  readonly equity: EquityWatch;
  openingCashE4: UsdE4;
  lastMinute = -1;
  /** When the newest pulse that was believed was sent, by the gateway's clock; 0 before the first. */
  pulsedAtMs: EpochMs = 0;
  protected readonly options: RiskStageOptions;
  protected readonly portfolioVar: PortfolioVar;
  /** 1 for a position that was there when the session began, until it is flat. */
  protected readonly carried: Uint8Array;
  protected fees: SessionFees;
  #session: Session = { date: 0, openMs: 0, minutes: 0, isHalfDay: false };
  #minutes = 0;

  constructor(options: RiskStageOptions) {
    super();
    const count = options.symbols.length;
    const { cashE4, causes } = options.opening;
    this.options = options;
    this.account = new Account(count, cashE4);
    this.orders = new OpenOrders(count);
    this.portfolioVar = new PortfolioVar(count);
    this.carried = new Uint8Array(count);
    this.fees = sessionFees(options.feeTable, 0);
    this.equity = new EquityWatch(options.profile, options.opening);
    this.openingCashE4 = cashE4;
    this.setCauses(causes);
  }

  /** `history` is what VaR needs for this session; null where the profile has no VaR limit. */
  startSession(session: Session, minutes: number, history: VarHistory | null): void {
    const isFirst = this.session === 0;
    this.resumeSession(session, minutes, history);
    // Orders end with their session, whether or not a broker said so in time.
    this.orders = new OpenOrders(this.options.symbols.length);
    this.carried.set(this.account.quantity.map((quantity) => (quantity === 0 ? 0 : 1)));
    this.openingCashE4 = this.account.cashE4;
    this.equity.startSession(this.account.equityE4());
    this.lastMinute = -1;
    // A book can bring a cause of this very session, or of a later one: this open is not the next one after it.
    this.lift(({ cause, sinceMs }) => liftRuleOf(cause) === 'next-open' && sinceMs <= session.openMs);
    if (isFirst) this.#dateCauses(session.openMs);
  }

  #dateCauses(openMs: EpochMs): void {
    const dated = causesAtFirstOpen(this.causes, { opening: this.options.opening, openMs });
    if (dated.some((each, index) => each !== this.causes[index])) this.setCauses(dated);
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
    return this.#session.date === 0 ? 0 : this.closeMs(this.lastMinute);
  }

  /** Puts a restored stage back into its session. */
  resumeSession(session: Session, minutes: number, history: VarHistory | null): void {
    this.#session = session;
    this.#minutes = minutes;
    this.fees = sessionFees(this.options.feeTable, session.date);
    this.portfolioVar.history = history;
  }

  /** Books what the broker reported with this minute. */
  applyReport(report: BrokerReport): void {
    for (const fill of report.fills) {
      const s = this.options.symbols.indexOf(fill.symbol);
      assert(s >= 0, `a fill names a symbol of the run, got ${fill.symbol}`);
      this.account.applyFill(fill, s);
      if (this.account.quantity[s] === 0) this.carried[s] = 0;
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
    if (this.options.rearm !== 'session' || !this.stands('DRAWDOWN')) return false;
    const { sinceMs } = this.causes.find(({ cause }) => cause === 'DRAWDOWN')!;
    const isOfThisSession = sinceMs > this.#session.openMs && sinceMs <= this.lastCloseMs;
    return !isOfThisSession && this.account.isFlat && !this.orders.isAnyWorking;
  }

  protected closeMs(minuteIndex: number): EpochMs {
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
      carried: Array.from(this.carried),
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
    this.carried.set(snapshot.carried);
    this.pulsedAtMs = snapshot.pulsedAtMs ?? 0;
    this.#minutes = snapshot.minutes;
    if (snapshot.session !== 0) this.#session = sessionOn(snapshot.session) ?? this.#session;
  }
}
