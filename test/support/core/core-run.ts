/**
 * A run wired from the core's stages by hand, minute by minute, as gateway, signal and risk wire them: a second path
 * that must agree with `runBacktest`, and a record of everything that properties ask about.
 */

import { LEDGER_VERSION } from '../../../shared/domain/ledger/ledger.ts';
import type { Action } from '../../../shared/domain/policy/actions.ts';
import type { BacktestInput } from '../../../shared/domain/run/backtest.ts';
import { LedgerRebuild } from '../../../shared/domain/run/rebuild-ledger.ts';
import type { BrokerReport } from '../../../shared/domain/orders/types.ts';
import { BarBroker } from '../../../shared/domain/simulator/bar-broker.ts';
import { feeTable } from '../../../shared/domain/execution/fee-tables.ts';
import type { Session } from '../../../shared/domain/calendar/calendar.ts';
import { MinuteFrame, PRESENT, type StoredBar } from '../../../shared/domain/market/frame.ts';
import { policyOf } from '../../../shared/domain/policy/registry.ts';
import type { ActInput } from '../../../shared/contracts/act.v1.ts';
import { actInput, readActInput } from '../../../shared/contracts/policy-conversions.ts';
import { QualityStage } from '../../../shared/domain/quality/quality.ts';
import { type Profile, profile } from '../../../shared/domain/profile/profile.ts';
import type { RiskSnapshot } from '../../../shared/domain/risk/account-stage.ts';
import { RiskStage } from '../../../shared/domain/risk/risk-stage.ts';
import type { Decision } from '../../../shared/domain/risk/types.ts';
import { DailyReturns, type VarHistory, varHistory } from '../../../shared/domain/risk/var.ts';
import { type RunConfig, tradedMinutes } from '../../../shared/domain/run/run-config.ts';
import type { RunSummary } from '../../../shared/domain/run/run-tally.ts';
import { SignalFrame, SignalStage } from '../../../shared/domain/sizing/signal-stage.ts';
import { MINUTE_MS } from '../../../shared/domain/units/units.ts';
import { storedBar } from '../../../shared/domain/quality/stored-bar.ts';

/** A minute after it is over. Arrays have one entry per symbol. */
export interface RunMinute {
  readonly session: Session;
  readonly minutes: number;
  readonly minuteIndex: number;
  readonly status: readonly number[];
  readonly faults: readonly number[];
  /** null where the bar is missing or refused. */
  readonly bars: readonly (StoredBar | null)[];
  readonly volumes: readonly number[];
  readonly input: ActInput;
  readonly actions: readonly Action[];
  readonly report: BrokerReport;
  readonly decision: Decision;
  /** After the decision. */
  readonly risk: RiskSnapshot;
}

export interface StagedOptions {
  /** Instead of the run's policy. */
  readonly choose?: (input: ActInput) => readonly Action[];
  /** Throws the risk stage away after every minute and goes on with one restored from its snapshot, as JSON. */
  readonly restoreEachMinute?: boolean;
}

export interface StagedRun {
  readonly minutes: readonly RunMinute[];
  readonly summary: RunSummary;
  readonly rows: readonly string[];
}

export function stagedRun(input: BacktestInput, options: StagedOptions = {}): StagedRun {
  const stages = new Stages(input.config, options);
  const rows: string[] = [];
  const derived = new LedgerRebuild({
    config: input.config,
    ledgerVersion: LEDGER_VERSION,
    onRow: (row) => void rows.push(row),
  });
  const all: RunMinute[] = [];
  for (const { session, table } of input.sessions) {
    const minutes = tradedMinutes(input.config, session);
    stages.startSession(
      session,
      minutes,
      varHistory(stages.profile, new DailyReturns(input.config.symbols, input.dailyBars), session.date),
    );
    const frame = new MinuteFrame(input.config.symbols.length);
    const own: RunMinute[] = [];
    for (let i = 0; i < minutes; i++) {
      table.readMinute(i, frame);
      own.push(stages.step(i, frame));
    }
    derived.addSession(storedSession(own, stages.risk));
    all.push(...own);
  }
  return { minutes: all, summary: derived.summary(moneyOf(input.config, stages.risk), input.dailyBars), rows };
}

class Stages {
  readonly profile: Profile;
  risk: RiskStage;
  readonly #config: RunConfig;
  readonly #options: StagedOptions;
  readonly #quality: QualityStage;
  readonly #broker: BarBroker;
  readonly #signal: SignalStage;
  #at: { session: Session; minutes: number; history: VarHistory | null } | null = null;

  constructor(config: RunConfig, options: StagedOptions) {
    const { symbols, seed } = config;
    this.profile = profile(config.profile);
    this.#config = config;
    this.#options = options;
    this.#quality = new QualityStage(symbols.length);
    this.#broker = new BarBroker({ symbols, profile: this.profile, fees: this.#fees() });
    this.#signal = new SignalStage({ symbols, profile: this.profile, seed, withFeatures: true });
    this.risk = this.#newRisk();
  }

  startSession(session: Session, minutes: number, history: VarHistory | null): void {
    this.#at = { session, minutes, history };
    this.#quality.startSession();
    this.#broker.startSession(session, minutes);
    this.#signal.startSession(session, minutes);
    this.risk.startSession(session, minutes, history);
  }

  step(minuteIndex: number, frame: MinuteFrame): RunMinute {
    const { session, minutes } = this.#at!;
    const { symbols } = this.#config;
    this.#quality.step(frame);
    const report = this.#broker.onMinute(minuteIndex, frame);
    this.risk.applyReport(report);
    this.risk.account.mark(frame);
    this.risk.evaluate(minuteIndex);
    this.#signal.update(minuteIndex, frame);
    const input = actInput(this.#signal.observe(this.risk.account));
    const actions = this.#options.choose?.(input) ?? decideActions(this.#config.policy, input);
    const signals = new SignalFrame(symbols.length);
    signals.actions.set(actions);
    this.#signal.size(frame, this.risk.account, signals);
    const decision = this.risk.decide(minuteIndex, signals).toDecision({ symbols, session: session.date, minutes });
    this.#broker.apply(decision);
    const risk = this.risk.snapshot();
    if (this.#options.restoreEachMinute === true) this.#restore(risk);
    const seen = { status: [...frame.status], faults: [...frame.faults], volumes: [...frame.volume] };
    const openMs = session.openMs + minuteIndex * MINUTE_MS;
    const bars = symbols.map((symbol, s) => (frame.status[s] === PRESENT ? storedBar(frame, s, symbol, openMs) : null));
    return { session, minutes, minuteIndex, ...seen, bars, input, actions, report, decision, risk };
  }

  #restore(snapshot: RiskSnapshot): void {
    const { session, minutes, history } = this.#at!;
    this.risk = this.#newRisk();
    this.risk.restore(JSON.parse(JSON.stringify(snapshot)) as RiskSnapshot);
    this.risk.resumeSession(session, minutes, history);
  }

  #newRisk(): RiskStage {
    const { symbols, opening, rearm, seed } = this.#config;
    return new RiskStage({ symbols, profile: this.profile, feeTable: this.#fees(), opening, rearm, seed });
  }

  #fees() {
    return feeTable(this.#config.fees);
  }
}

/** As the runner answers: on what travelled. */
function decideActions(policy: string, input: ActInput): Action[] {
  const actions = new Uint8Array(input.symbols.length);
  policyOf(policy).decide(readActInput(input), actions);
  return Array.from(actions, (action) => action as Action);
}

function storedSession(own: readonly RunMinute[], risk: RiskStage) {
  const { session, minutes } = own[0]!;
  const { account, equity } = risk;
  const { equityE4, accountPeakE4, limitReferenceE4 } = equity;
  const { cashE4, realizedE4, feesE4 } = account;
  return {
    session: session.date,
    minutes,
    openMs: session.openMs,
    decisions: own.map(({ decision }) => decision),
    commands: [],
    quarantined: [],
    fills: own.flatMap(({ report }) => report.fills),
    bars: own.flatMap(({ bars }) => bars.filter((each) => each !== null)),
    account: { cashE4, equityE4, accountPeakE4, limitReferenceE4, realizedE4, feesE4 },
  };
}

function moneyOf({ opening }: RunConfig, { equity, account: { feesE4 }, rearms }: RiskStage) {
  const { equityE4, maxDrawdownE4, maxLimitDrawdownE4 } = equity;
  return { openingE4: opening.cashE4, equityE4, feesE4, maxDrawdownE4, maxLimitDrawdownE4, rearms };
}
