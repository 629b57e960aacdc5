/**
 * What the gateway asks of a broker. The log-only bridge answers from the core's simulation; an adapter on a broker's
 * wire answers from what the wire reported since it was last asked.
 */

import type { Session } from '../domain/calendar/calendar.ts';
import type { BrokerReport } from '../domain/simulator/bar-broker.ts';
import type { Order } from '../domain/orders/types.ts';
import type { MinuteFrame } from '../domain/market/frame.ts';

/** Orders to work from the next minute on, and references of working entries to withdraw. */
export interface Instructions {
  readonly orders: readonly Order[];
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
}
