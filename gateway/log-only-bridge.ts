/**
 * The broker that records each order and never sends it: fills come from the core's simulation on the session's bars.
 *
 * One JSON line per order and cancel in `orders/<run>.jsonl` of the data folder, for a person to read.
 */

import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BarBroker } from '../shared/domain/execution/bar-broker.ts';
import { feeTable } from '../shared/domain/execution/fee-tables.ts';
import { profile } from '../shared/domain/risk/profile.ts';
import type { RunConfig } from '../shared/domain/run-config.ts';
import type { Broker, Instructions } from '../shared/ports/broker.ts';

export function createLogOnlyBridge(config: RunConfig, dataDir: string): Broker {
  const { symbols } = config;
  const broker = new BarBroker({ symbols, profile: profile(config.profile), fees: feeTable(config.fees) });
  const folder = join(dataDir, 'orders');
  const path = join(folder, `${config.runId}.jsonl`);
  mkdirSync(folder, { recursive: true });
  let given = new Set<string>();

  /** Takes what has not been given before and says what that was. */
  function take({ orders, cancels }: Instructions): Instructions {
    const fresh = orders.filter(({ orderRef }) => !given.has(orderRef));
    for (const { orderRef } of fresh) given.add(orderRef);
    broker.apply({ orders: fresh, cancels });
    return { orders: fresh, cancels };
  }

  return {
    async startSession(session, minutes) {
      given = new Set();
      broker.startSession(session, minutes);
    },
    async report(minuteIndex, frame) {
      return broker.onMinute(minuteIndex, frame);
    },
    async submit(instructions) {
      const lines = linesOf(take(instructions));
      if (lines !== '') appendFileSync(path, lines);
    },
    async recall(instructions) {
      take(instructions);
    },
  };
}

function linesOf({ orders, cancels }: Instructions): string {
  const entries = [...cancels.map((orderRef) => ({ cancel: orderRef })), ...orders.map((order) => ({ order }))];
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
