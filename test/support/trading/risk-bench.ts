/**
 * The risk function on a bench of its own: minutes, commands and pulses in one line each.
 */

import { expect } from 'vitest';
import { createRisk } from '../../../functions/risk/handler.ts';
import type { DecisionData } from '../../../shared/contracts/decision.v2.ts';
import type { SignalData } from '../../../shared/contracts/signal.v1.ts';
import type { RunConfig } from '../../../shared/domain/run/run-config.ts';
import { fill, NEXT_SESSION } from '../core/core.ts';
import { type FunctionBench, openFunction } from './function-bench.ts';
import { buySignal, command, pulse, signal, symbolSignal } from './messages.ts';

export const NEXT = { session: NEXT_SESSION.date, openMs: NEXT_SESSION.openMs };

export function openRisk(config: Partial<RunConfig> = {}): Promise<FunctionBench> {
  return openFunction({ consumer: 'risk', create: createRisk, config });
}

/** With the minute's fills on record, as the gateway stores them before it sends the minute. */
export async function decide(bench: FunctionBench, data: Partial<SignalData> = {}): Promise<DecisionData> {
  const message = signal(data);
  const { session, minuteIndex, fills } = message.data;
  const reported = fills.map((each, at) => ({
    ...each,
    session,
    minuteIndex,
    fillId: `${session}-${minuteIndex}.${at}`,
  }));
  await bench.database.transaction(({ execution }) => execution.addFills('run-1', reported));
  expect(await bench.deliver(message)).toBe(true);
  return bench.lastAnswer<DecisionData>();
}

export async function say(bench: FunctionBench, ...given: Parameters<typeof command>): Promise<void> {
  expect(await bench.deliver(command(...given))).toBe(true);
}

export async function feel(bench: FunctionBench, ...given: Parameters<typeof pulse>): Promise<void> {
  expect(await bench.deliver(pulse(...given))).toBe(true);
}

export const BUYS: Partial<SignalData> = { signals: [buySignal('AAPL'), symbolSignal('MSFT')] };
export const verdictOf = (decision: DecisionData) => decision.symbols[0]?.verdict;
/** The state with the names of all that stands: `HALTED DRAWDOWN+FEED_DEAD`. */
export const stateOf = ({ state, causes }: DecisionData) =>
  `${state} ${causes.length === 0 ? 'NONE' : causes.map(({ cause }) => cause).join('+')}`;
/** What came of the last command. */
export const outcome = ({ database }: FunctionBench) =>
  database.tables.riskEvents
    .all()
    .map((event) => event.outcome)
    .findLast((told) => told !== null)!;
export const events = ({ database }: FunctionBench) =>
  database.tables.riskEvents.all().map(({ kind, detail }) => `${kind} ${detail}`);
export const stored = ({ database }: FunctionBench) => database.tables.accounts.all().at(-1);

/** Five shares of AAPL, bought at minute 0 and filled at minute 1. */
export async function holdFive(bench: FunctionBench, minutes = 390): Promise<void> {
  const { orders } = await decide(bench, { minutes, ...BUYS });
  const bought = fill({ orderRef: orders[0]!.orderRef, quantity: 5, minuteIndex: 1 });
  const closed = [{ orderRef: orders[0]!.orderRef, reason: 'FILLED' as const }];
  await decide(bench, { minuteIndex: 1, minutes, fills: [bought], closed });
}

/** The exit that was decided fills at this minute, and its stop goes with it: the account is flat. */
export async function sellFive(
  bench: FunctionBench,
  minuteIndex: number,
  { orders }: DecisionData,
  priceE4 = 1_000_000,
  minutes = 390,
): Promise<DecisionData> {
  const { orderRef } = orders.find(({ kind }) => kind === 'EXIT')!;
  const sold = fill({ fillId: `${orderRef}.1`, orderRef, side: 'SELL', quantity: 5, priceE4, minuteIndex });
  const stops = bench.database.tables.decisions.all().flatMap(({ decision }) => decision.orders);
  const closed = [
    { orderRef, reason: 'FILLED' as const },
    ...stops
      .filter(({ kind }) => kind === 'STOP')
      .map((stop) => ({ orderRef: stop.orderRef, reason: 'CANCELLED' as const })),
  ];
  return decide(bench, { minuteIndex, minutes, fills: [sold], closed });
}
