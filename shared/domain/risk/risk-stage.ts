/**
 * The risk half of a minute: turns signals into a decision with its orders, on the account as it stands. Always one
 * decision a minute, HOLD and missing data included.
 */

import { BUY, SELL } from '../policy/actions.ts';
import type { Order } from '../orders/types.ts';
import { SignalFrame } from '../sizing/signal-stage.ts';
import { AccountStage, type RiskStageOptions } from './account-stage.ts';
import { DecisionFrame } from './decision-frame.ts';
import { EntryTurns } from './entry-turns.ts';
import { guardEntry, type GuardContext } from './guard.ts';
import { entryOrders, exitOrder } from './order-factory.ts';
import { protectiveStop } from './protective-stop.ts';
import { closeVerdict } from './trading-states.ts';
import type { Verdict, VerdictDetail } from './types.ts';

const NO_NUMBERS: VerdictDetail = { limit: 0, value: 0, wouldPass: 0, unit: 'none' };

export class RiskStage extends AccountStage {
  readonly decision: DecisionFrame;
  readonly #turns: EntryTurns;
  /** Symbols that want in, kept from minute to minute so that nothing is allocated. */
  readonly #entrants: number[] = [];

  constructor(options: RiskStageOptions) {
    super(options);
    this.decision = new DecisionFrame(options.symbols.length);
    this.#turns = new EntryTurns(options.symbols);
  }

  /** The decision of minute `i`; the frame is reused by the next call. */
  decide(minuteIndex: number, signals: SignalFrame): DecisionFrame {
    const { decision } = this;
    decision.start(minuteIndex, this.closeMs(minuteIndex));
    const forced = this.flattenVerdict() ?? closeVerdict(minuteIndex, this.minutes);
    const entrants = this.#entrants;
    // Setting a length costs more than the rest of a quiet minute.
    if (entrants.length > 0) entrants.length = 0;
    for (let s = 0; s < this.options.symbols.length; s++) {
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
    const decision = this.decide(minuteIndex, new SignalFrame(this.options.symbols.length));
    for (let s = 0; s < this.options.symbols.length; s++) {
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
    if (this.carried[s] === 1 && present[s] === 1) return 'CARRIED_POSITION';
    const isShort = this.account.quantity[s]! < 0;
    if (isShort && this.options.allowsShort !== true) return 'SHORT_NOT_ALLOWED';
    if (forced !== null) return forced;
    return actions[s] === SELL || (isShort && actions[s] === BUY) ? 'EXIT' : null;
  }

  /** Where every entry is denied, or none has to make room for another, turns change nothing. */
  #takeTurns(entrants: number[]): void {
    const { profile, seed } = this.options;
    if (entrants.length < 2 || this.state !== 'ACTIVE' || profile.frictionless) return;
    this.#turns.sort(entrants, { seed, session: this.session, minuteIndex: this.lastMinute });
  }

  #buy(s: number, signals: SignalFrame): void {
    const limitPriceE4 = signals.limitPriceE4[s]!;
    const request = {
      present: signals.present[s] === 1,
      faults: signals.faults[s]!,
      quantity: signals.entryQuantity[s]!,
      priceE4: limitPriceE4 === 0 ? signals.markE4[s]! : limitPriceE4,
      minuteIndex: this.lastMinute,
      minutes: this.minutes,
    };
    const verdict = guardEntry(this.options.profile, request, this.#standing(s, request.priceE4));
    this.decision.set(s, verdict.verdict, verdict.quantity, verdict.detail);
    if (verdict.quantity > 0) this.#enter(s, verdict.quantity, limitPriceE4);
  }

  #enter(s: number, quantity: number, limitPriceE4: number): void {
    const { profile } = this.options;
    const entry = this.#address(s, quantity, limitPriceE4);
    const stop = protectiveStop(profile, this.fees, entry);
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
      symbol: this.options.symbols[s]!,
      session: this.session,
      minuteIndex: this.lastMinute,
      eventMs: this.closeMs(this.lastMinute),
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
      varWithE4: (quantity) => this.portfolioVar.withEntryE4(this, { s, quantity, priceE4 }),
      staleHistory: () => this.portfolioVar.history?.stale(s) ?? null,
    };
  }
}
