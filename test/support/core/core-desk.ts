/**
 * A risk stage in a session, stepped by fills, marks and wishes: what the state machine sees, without a market.
 */

import { feeTable } from '../../../shared/domain/execution/fee-tables.ts';
import { type ProfileName, profile } from '../../../shared/domain/profile/profile.ts';
import type { Cause, StandingCause } from '../../../shared/domain/risk/causes.ts';
import { newOpening } from '../../../shared/domain/risk/opening.ts';
import { RiskStage } from '../../../shared/domain/risk/risk-stage.ts';
import type { RearmMode } from '../../../shared/domain/risk/types.ts';
import { fill, NEXT_SESSION, SESSION, signalsOf, type Wish } from './core.ts';

export const HUNDRED_E4 = 1_000_000;

const SYMBOLS = ['AAPL', 'MSFT'];

interface Setup {
  readonly name?: ProfileName;
  readonly rearm?: RearmMode;
  readonly cashE4?: number;
  readonly allowsShort?: boolean;
  /** What the book of the run brings along. */
  readonly carried?: readonly StandingCause[];
}

/** Two symbols, $2,500 and profile basic unless said otherwise. */
export class Desk {
  readonly stage: RiskStage;
  minute = 0;

  constructor({
    name = 'basic',
    rearm = 'manual',
    cashE4 = 25_000_000,
    allowsShort = false,
    carried = [],
  }: Setup = {}) {
    this.stage = new RiskStage({
      symbols: SYMBOLS,
      profile: profile(name),
      feeTable: feeTable('tiered'),
      opening: { ...newOpening(cashE4), causes: carried },
      rearm,
      seed: 1,
      allowsShort,
    });
    this.stage.startSession(SESSION, SESSION.minutes, null);
  }

  /** Books a position without an order of its own: what the state machine sees is the account. */
  holds(quantity: number, priceE4 = HUNDRED_E4): this {
    this.stage.applyReport({ fills: [fill({ quantity, priceE4 })], closed: [] });
    return this;
  }

  /** Whatever exit worked for it is filled by that. */
  sells(quantity: number, priceE4: number): this {
    const { exit } = this.stage.orders.snapshot().symbols[0]!;
    const closed = exit === null ? [] : [{ orderRef: exit.orderRef, reason: 'FILLED' as const }];
    this.stage.applyReport({ fills: [fill({ side: 'SELL', quantity, priceE4 })], closed });
    return this;
  }

  /** One minute at these marks; returns what was decided. */
  step(markE4: number, wishes: readonly Partial<Wish>[] = [{}, {}], minute = this.minute) {
    this.stage.account.markAt(0, markE4);
    this.stage.evaluate(minute);
    this.minute = minute + 1;
    const decision = this.stage.decide(minute, signalsOf(wishes));
    return decision.toDecision({ symbols: SYMBOLS, session: SESSION.date, minutes: SESSION.minutes });
  }

  /** Sets a cause as an operator or a watcher would, at the open. */
  imposes(cause: Cause, by = 'ada'): this {
    this.stage.impose({ cause, sinceMs: SESSION.openMs, by, why: 'a test says so' });
    return this;
  }

  /** What the audit found, in its words. */
  finds(why: string): this {
    this.stage.impose({ cause: 'AUDIT_FAILED', sinceMs: SESSION.openMs, by: 'audit', why });
    return this;
  }

  nextSession(): this {
    this.stage.startSession(NEXT_SESSION, NEXT_SESSION.minutes, null);
    this.minute = 0;
    return this;
  }

  /** The state with the names of all that stands: `HALTED/DRAWDOWN+FEED_DEAD`. */
  get state(): string {
    const names = this.stage.causes.map(({ cause }) => cause);
    return `${this.stage.state}/${names.length === 0 ? 'NONE' : names.join('+')}`;
  }
}
