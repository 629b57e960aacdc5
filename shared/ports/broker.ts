/**
 * What the gateway asks of a broker, with the orders, executions and positions of `domain/orders`. The simulated broker
 * answers from the core's simulation; an adapter on a broker's wire from what the wire reported.
 *
 * Orders: an ENTRY is a limit order that lives for one minute; its STOP is a child of it, sent with it and sized to what
 * it has filled; an EXIT is a market order.
 */

import type { Session } from '../domain/calendar/calendar.ts';
import type { MinuteFrame } from '../domain/market/frame.ts';
import type { BrokerReport, Fill, OpenOrder, Order, Position } from '../domain/orders/types.ts';
import type { EpochMs } from '../domain/units/units.ts';

export interface Instructions {
  /** To work from the next minute on, parents before their children. */
  readonly orders: readonly Order[];
  /** References of working entries to withdraw, each with its child. */
  readonly cancels: readonly string[];
}

export interface Broker {
  startSession(session: Session, minutes: number): Promise<void>;
  /** Executions and ended orders up to the close of this minute. The frame has been through quality. */
  report(minuteIndex: number, frame: MinuteFrame): Promise<BrokerReport>;
  /** Called after the decision was recorded. A reference given before is not worked twice. */
  submit(instructions: Instructions): Promise<void>;
  /** Tells a broker without a memory of its own what it was given before a restart; nothing is sent again. */
  recall(instructions: Instructions): Promise<void>;
  /** What works, parents before their children. */
  openOrders(): Promise<readonly OpenOrder[]>;
  /** What is held; flat symbols are left out. */
  positions(): Promise<readonly Position[]>;
  /** Executions of the session at or after a time, in the order in which they were reported. */
  executionsSince(eventMs: EpochMs): Promise<readonly Fill[]>;
}
