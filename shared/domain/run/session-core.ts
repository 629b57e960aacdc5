/**
 * The one step function: a minute in, a decision out. Backtest, RL environment, paper trading and replay step this
 * core or its stages, in this order: quality → fills → account → features → policy → sizing → guard → orders.
 *
 * Pure: a run is its bars, its daily history, its configuration and its seed.
 */

import type { Session } from '../calendar/calendar.ts';
import { BarBroker } from '../simulator/bar-broker.ts';
import { type FeeTable, feeTable } from '../execution/fee-tables.ts';
import { BarsDigest } from '../ledger/bars-digest.ts';
import { LedgerWriter } from '../ledger/ledger.ts';
import type { MinuteFrame } from '../market/frame.ts';
import { BUY } from '../policy/actions.ts';
import type { Policy } from '../policy/policy.ts';
import { policyOf } from '../policy/registry.ts';
import { QualityStage } from '../quality/quality.ts';
import type { DecisionFrame } from '../risk/decision-frame.ts';
import { type Profile, profile } from '../risk/profile.ts';
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
  /** Receives every ledger row as text. */
  readonly onRow?: (row: string) => void;
}

export class SessionCore {
  readonly config: RunConfig;
  readonly feeTable: FeeTable;
  readonly profile: Profile;
  readonly risk: RiskStage;
  readonly ledger: LedgerWriter;
  readonly barsDigest = new BarsDigest();
  readonly tally = new RunTally();
  readonly #quality: QualityStage;
  readonly #broker: BarBroker;
  readonly #signal: SignalStage;
  readonly #signals: SignalFrame;
  readonly #policy: Policy;
  readonly #withFeatures: boolean;
  #session: Session | null = null;
  #minutes = 0;

  constructor(options: SessionCoreOptions) {
    const { config } = options;
    const { symbols, seed } = config;
    this.config = config;
    this.profile = profile(config.profile);
    this.feeTable = feeTable(config.profile === 'bench' ? 'bench' : config.fees);
    this.#policy = policyOf(config.policy);
    this.#withFeatures = options.withFeatures || this.#policy.readsObservation;
    this.ledger = new LedgerWriter(options.onRow);
    this.#quality = new QualityStage(symbols.length);
    this.#broker = new BarBroker({ symbols, profile: this.profile, fees: this.feeTable });
    this.#signal = new SignalStage({ symbols, profile: this.profile, seed, withFeatures: this.#withFeatures });
    this.#signals = new SignalFrame(symbols.length);
    this.risk = new RiskStage({
      symbols,
      profile: this.profile,
      feeTable: this.feeTable,
      cashE4: config.accountUsdE4,
      rearm: config.rearm,
    });
  }

  startSession(session: Session, minutes: number, history: VarHistory | null): void {
    this.#session = session;
    this.#minutes = minutes;
    this.#quality.startSession();
    this.#broker.startSession(session, minutes);
    this.#signal.startSession(session, minutes);
    this.risk.startSession(session, minutes, history);
    this.tally.session(session.date);
  }

  /** One minute as delivered, every symbol present or missing; the frame is judged in place. */
  step(minuteIndex: number, frame: MinuteFrame): DecisionFrame {
    this.#quality.step(frame);
    this.barsDigest.addMinute(frame);
    this.#settle(minuteIndex, frame);
    const decision = this.#decide(minuteIndex, frame);
    this.#record(decision);
    this.#broker.apply(decision);
    if (minuteIndex === this.#minutes - 1) this.#closeSession(decision.eventMs);
    return decision;
  }

  #settle(minuteIndex: number, frame: MinuteFrame): void {
    const report = this.#broker.onMinute(minuteIndex, frame);
    for (const fill of report.fills) {
      this.ledger.fill(fill);
      this.tally.fills += 1;
    }
    this.risk.applyReport(report);
    this.risk.account.mark(frame);
    this.risk.evaluate(minuteIndex);
  }

  #decide(minuteIndex: number, frame: MinuteFrame): DecisionFrame {
    const { account } = this.risk;
    this.#signal.update(minuteIndex, frame);
    const { actions } = this.#signals;
    this.#policy.decide(this.#signal.observe(account), actions);
    for (let s = 0; s < actions.length; s++) assert(actions[s]! <= BUY, 'a policy answers SELL, HOLD or BUY');
    this.#signal.size(frame, account, this.#signals);
    return this.risk.decide(minuteIndex, this.#signals);
  }

  #record(decision: DecisionFrame): void {
    this.ledger.decision(decision);
    this.tally.decision(decision.verdicts);
    for (const order of decision.orders) {
      this.ledger.order(order);
      this.tally.order(order);
    }
  }

  #closeSession(eventMs: number): void {
    const { account, equityE4, peakE4, state, cause } = this.risk;
    this.ledger.account({
      eventMs,
      session: this.#session?.date ?? 0,
      cashE4: account.cashE4,
      equityE4,
      peakE4,
      realizedE4: account.realizedE4,
      feesE4: account.feesE4,
      state,
      cause,
    });
  }
}
