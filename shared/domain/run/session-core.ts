/**
 * The one step function: a minute in, a decision out. Backtest, RL environment, paper trading and replay step this
 * core or its stages, in this order: quality → fills → account → features → policy → sizing → guard → orders.
 *
 * `step` asks the run's policy; whoever has actions of its own calls `observe` and `act`, which `step` is made of.
 *
 * Pure: a run is its bars, its daily history, its configuration and its seed.
 */

import type { Session } from '../calendar/calendar.ts';
import { BarBroker } from '../simulator/bar-broker.ts';
import { type FeeTable, feeTable } from '../execution/fee-tables.ts';
import { BarsDigest } from '../ledger/bars-digest.ts';
import { LedgerWriter } from '../ledger/ledger.ts';
import type { BarTable } from '../market/bar-table.ts';
import { MinuteFrame } from '../market/frame.ts';
import { BUY, HOLD, SELL } from '../policy/actions.ts';
import type { Policy, PolicyInput } from '../policy/policy.ts';
import { policyOf } from '../policy/registry.ts';
import { QualityStage } from '../quality/quality.ts';
import type { DecisionFrame } from '../risk/decision-frame.ts';
import { type Profile, profile } from '../profile/profile.ts';
import { RiskStage } from '../risk/risk-stage.ts';
import type { VarHistory } from '../risk/var.ts';
import { assert } from '../units/units.ts';
import type { RunConfig } from './run-config.ts';
import { RunTally } from './run-tally.ts';
import { SignalFrame, SignalStage } from '../sizing/signal-stage.ts';

export interface SessionCoreOptions {
  readonly config: RunConfig;
  /** Computes features and observation at every minute, as the signal handler does, whether or not the policy reads them. */
  readonly withFeatures: boolean;
  /** False: no rows, no digest of bars and no counts, for whoever steps many episodes and keeps none of them. */
  readonly withLedger?: boolean;
  /** Receives every ledger row as text. */
  readonly onRow?: (row: string) => void;
}

export interface CoreSession {
  readonly session: Session;
  readonly minutes: number;
  /** What VaR needs in this session; null where the profile has no VaR limit. */
  readonly history: VarHistory | null;
}

/** What a run leaves behind. */
interface RunRecord {
  readonly ledger: LedgerWriter;
  readonly bars: BarsDigest;
  readonly tally: RunTally;
}

export class SessionCore {
  readonly config: RunConfig;
  readonly feeTable: FeeTable;
  readonly profile: Profile;
  /** Null without a ledger. */
  readonly record: RunRecord | null;
  risk: RiskStage;
  readonly #quality: QualityStage;
  #broker: BarBroker;
  readonly #signal: SignalStage;
  readonly #signals: SignalFrame;
  readonly #chosen: Uint8Array;
  readonly #policy: Policy;
  readonly #withFeatures: boolean;
  #session: Session | null = null;
  #minutes = 0;
  /** The minute that was observed and waits for its actions; its frame belongs to the caller. */
  #observed: MinuteFrame | null = null;
  #minuteIndex = 0;

  constructor(options: SessionCoreOptions) {
    const { config } = options;
    const { symbols, seed } = config;
    this.config = config;
    this.profile = profile(config.profile);
    this.feeTable = feeTable(config.profile === 'bench' ? 'bench' : config.fees);
    this.#policy = policyOf(config.policy);
    this.#withFeatures = options.withFeatures || this.#policy.readsObservation;
    const { withLedger = true, onRow } = options;
    this.record = withLedger
      ? { ledger: new LedgerWriter(onRow), bars: new BarsDigest(), tally: new RunTally() }
      : null;
    this.#quality = new QualityStage(symbols.length);
    this.#broker = this.#newBroker();
    this.#signal = new SignalStage({ symbols, profile: this.profile, seed, withFeatures: this.#withFeatures });
    this.#signals = new SignalFrame(symbols.length);
    this.#chosen = new Uint8Array(symbols.length);
    this.risk = this.#newRisk();
  }

  startSession(session: Session, minutes: number, history: VarHistory | null): void {
    this.#session = session;
    this.#minutes = minutes;
    this.#quality.startSession();
    this.#broker.startSession(session, minutes);
    this.#signal.startSession(session, minutes);
    this.risk.startSession(session, minutes, history);
    this.record?.tally.session(session.date);
    this.#observed = null;
  }

  /**
   * Begins an episode at a minute of a session: flat, with the opening cash, without orders and causes; quality and
   * features folded over the bars from the open. Call `observe` of that minute next.
   */
  reset(at: CoreSession & { readonly minuteIndex: number }, bars: Pick<BarTable, 'readMinute'>): void {
    assert(this.record === null, 'a core that keeps a ledger plays one run and is not reset');
    assert(at.minuteIndex >= 0 && at.minuteIndex < at.minutes, 'an episode begins within its session');
    this.risk = this.#newRisk();
    this.#broker = this.#newBroker();
    this.startSession(at.session, at.minutes, at.history);
    const frame = new MinuteFrame(this.config.symbols.length);
    for (let i = 0; i < at.minuteIndex; i++) {
      bars.readMinute(i, frame);
      this.#quality.step(frame);
      this.risk.account.mark(frame);
      this.#signal.update(i, frame);
    }
  }

  /** One minute as delivered, every symbol present or missing; the frame is judged in place. */
  step(minuteIndex: number, frame: MinuteFrame): DecisionFrame {
    const input = this.observe(minuteIndex, frame);
    this.#policy.decide(input, this.#chosen);
    return this.act(this.#chosen);
  }

  /** The first half of a minute, up to what a policy is asked: views that the next minute overwrites. */
  observe(minuteIndex: number, frame: MinuteFrame): PolicyInput {
    assert(this.#observed === null, 'a minute gets its actions before the next one is observed');
    this.#quality.step(frame);
    this.record?.bars.addMinute(frame);
    this.#settle(minuteIndex, frame);
    this.#signal.update(minuteIndex, frame);
    this.#observed = frame;
    this.#minuteIndex = minuteIndex;
    return this.#signal.observe(this.risk.account);
  }

  /** The second half: one action per symbol in, the decision out; the next call overwrites it. */
  act(actions: ArrayLike<number>): DecisionFrame {
    const frame = this.#observed;
    assert(frame !== null, 'a minute is observed before it gets its actions');
    this.#observed = null;
    this.#take(actions);
    this.#signal.size(frame, this.risk.account, this.#signals);
    const decision = this.risk.decide(this.#minuteIndex, this.#signals);
    if (this.record !== null) recordDecision(decision, this.record);
    this.#broker.apply(decision);
    if (this.#minuteIndex === this.#minutes - 1) this.#closeSession(decision.eventMs);
    return decision;
  }

  #take(given: ArrayLike<number>): void {
    const { actions } = this.#signals;
    for (let s = 0; s < actions.length; s++) {
      const action = given[s];
      assert(action === SELL || action === HOLD || action === BUY, 'an action is SELL, HOLD or BUY');
      actions[s] = action;
    }
  }

  #settle(minuteIndex: number, frame: MinuteFrame): void {
    const report = this.#broker.onMinute(minuteIndex, frame);
    if (this.record !== null) {
      for (const fill of report.fills) {
        this.record.ledger.fill(fill);
        this.record.tally.fills += 1;
      }
    }
    this.risk.applyReport(report);
    this.risk.account.mark(frame);
    this.risk.evaluate(minuteIndex);
  }

  #closeSession(eventMs: number): void {
    const { account, equity, stateMask } = this.risk;
    this.record?.ledger.account({
      eventMs,
      stateMask,
      session: this.#session?.date ?? 0,
      cashE4: account.cashE4,
      equityE4: equity.equityE4,
      accountPeakE4: equity.accountPeakE4,
      limitReferenceE4: equity.limitReferenceE4,
      realizedE4: account.realizedE4,
      feesE4: account.feesE4,
    });
  }

  #newRisk(): RiskStage {
    const { symbols, opening, rearm, seed } = this.config;
    return new RiskStage({ symbols, profile: this.profile, feeTable: this.feeTable, opening, rearm, seed });
  }

  #newBroker(): BarBroker {
    return new BarBroker({ symbols: this.config.symbols, profile: this.profile, fees: this.feeTable });
  }
}

function recordDecision(decision: DecisionFrame, { ledger, tally }: RunRecord): void {
  ledger.decision(decision);
  tally.decision(decision);
  for (const order of decision.orders) {
    ledger.order(order);
    tally.order(order);
  }
}
