/**
 * The broker that records each order and never sends it: fills come from the core's simulation on the session's bars.
 */

import { BarBroker } from '../../shared/domain/simulator/bar-broker.ts';
import { feeTable } from '../../shared/domain/execution/fee-tables.ts';
import type { Fill } from '../../shared/domain/orders/types.ts';
import { profile } from '../../shared/domain/profile/profile.ts';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import type { Broker, Instructions } from '../../shared/ports/broker.ts';
import { OrderLog } from './order-log.ts';

export function createLogOnlyBridge(config: RunConfig, dataDir: string): Broker {
  const { symbols } = config;
  const broker = new BarBroker({ symbols, profile: profile(config.profile), fees: feeTable(config.fees) });
  const log = new OrderLog(dataDir, config.runId);
  let given = new Set<string>();
  let executed: Fill[] = [];

  /** A crash can come between the decision and its line, so what is recalled is written where it is missing. */
  async function take(instructions: Instructions): Promise<void> {
    const fresh = instructions.orders.filter(({ orderRef }) => !given.has(orderRef));
    for (const { orderRef } of fresh) given.add(orderRef);
    broker.apply({ orders: fresh, cancels: instructions.cancels });
    log.append(instructions);
  }

  return {
    async startSession(session, minutes) {
      given = new Set();
      executed = [];
      broker.startSession(session, minutes);
    },
    async report(minuteIndex, frame) {
      const report = broker.onMinute(minuteIndex, frame);
      executed.push(...report.fills);
      return report;
    },
    submit: take,
    recall: take,
    openOrders: async () => broker.openOrders(),
    positions: async () => broker.positions(),
    executionsSince: async (eventMs) => executed.filter((fill) => fill.eventMs >= eventMs),
  };
}
