/**
 * The decision of one minute as columns, reused from minute to minute; `toDecision` makes the record of it.
 */

import { type Action, HOLD } from '../policy/actions.ts';
import type { Order } from '../orders/types.ts';
import type { EpochMs, Quantity, UsdE4 } from '../units/units.ts';
import type { StandingCause, TradingState } from './causes.ts';
import type { TradingStates } from './trading-states.ts';
import { type Decision, type Verdict, type VerdictDetail, VERDICTS } from './types.ts';

const VERDICT_CODE = new Map<Verdict, number>(VERDICTS.map((verdict, code) => [verdict, code]));

export class DecisionFrame {
  minuteIndex = 0;
  eventMs: EpochMs = 0;
  state: TradingState = 'ACTIVE';
  causes: readonly StandingCause[] = [];
  stateMask = 0;
  equityE4: UsdE4 = 0;
  readonly actions: Uint8Array;
  /** Codes: indices of VERDICTS. */
  readonly verdicts: Uint8Array;
  readonly quantities: Float64Array;
  readonly details: (VerdictDetail | null)[];
  orders: Order[] = [];
  cancels: string[] = [];

  constructor(symbolCount: number) {
    this.actions = new Uint8Array(symbolCount).fill(HOLD);
    this.verdicts = new Uint8Array(symbolCount);
    this.quantities = new Float64Array(symbolCount);
    this.details = Array.from({ length: symbolCount }, () => null);
  }

  start(minuteIndex: number, eventMs: EpochMs): void {
    this.minuteIndex = minuteIndex;
    this.eventMs = eventMs;
    for (let s = 0; s < this.verdicts.length; s++) {
      if (this.verdicts[s] === 0) continue;
      this.verdicts[s] = 0;
      this.quantities[s] = 0;
      this.details[s] = null;
    }
    if (this.orders.length > 0) this.orders = [];
    if (this.cancels.length > 0) this.cancels = [];
  }

  finish({ state, causes, stateMask }: TradingStates, equityE4: UsdE4): void {
    this.state = state;
    this.causes = causes;
    this.stateMask = stateMask;
    this.equityE4 = equityE4;
  }

  isUndecided(s: number): boolean {
    return this.verdicts[s] === 0;
  }

  set(s: number, verdict: Verdict, quantity: Quantity, detail: VerdictDetail | null): void {
    this.verdicts[s] = VERDICT_CODE.get(verdict)!;
    this.quantities[s] = quantity;
    this.details[s] = detail;
  }

  /** Into the order of the ledger, by symbol: they were made in the order in which they were judged. */
  sortOrders(): void {
    const { orders } = this;
    for (let at = 1; at < orders.length; at++) {
      if (orders[at]!.symbol >= orders[at - 1]!.symbol) continue;
      orders.sort(bySymbol);
      return;
    }
  }

  /** Protective stops are children of their entry and do not count. */
  entryAndExitCount(): number {
    let count = 0;
    for (const order of this.orders) if (order.kind !== 'STOP') count += 1;
    return count;
  }

  toDecision(address: { symbols: readonly string[]; session: number; minutes: number }): Decision {
    return {
      session: address.session,
      minuteIndex: this.minuteIndex,
      minutes: address.minutes,
      eventMs: this.eventMs,
      state: this.state,
      causes: this.causes,
      equityE4: this.equityE4,
      symbols: address.symbols.map((symbol, s) => ({
        symbol,
        action: this.actions[s] as Action,
        verdict: VERDICTS[this.verdicts[s]!]!,
        quantity: this.quantities[s]!,
        detail: this.details[s] ?? null,
      })),
      orders: [...this.orders],
      cancels: [...this.cancels],
    };
  }
}

/** Stable, so that a stop stays behind its entry. */
function bySymbol(one: Order, other: Order): number {
  if (one.symbol === other.symbol) return 0;
  return one.symbol < other.symbol ? -1 : 1;
}
