/**
 * What must hold in the database after any run, however disturbed: every effect happened, and happened once.
 */

import { tradedMinutes } from '../../../shared/domain/run/run-config.ts';
import { type AuditRow, EMPTY_CHAIN, entryHash } from '../../../shared/domain/audit/chain.ts';
import type { BacktestInput } from '../../../shared/domain/run/backtest.ts';
import type { Fill, Order } from '../../../shared/domain/orders/types.ts';
import type { SymbolDecision } from '../../../shared/domain/risk/types.ts';
import { CONSUMERS } from '../../../shared/topology.ts';
import type { TradedRun } from './trading.ts';

/** One sentence for each thing that is broken; empty when all is well. */
export function brokenEffects(run: TradedRun, input: BacktestInput): string[] {
  return [...brokenMessages(run, minutesOf(input)), ...brokenBooks(run, input)];
}

/** As above, leaving aside who handled which message: some were parked. */
export function brokenBooks(run: TradedRun, input: BacktestInput): string[] {
  return [
    ...brokenOrders(run),
    ...brokenFills(run),
    ...brokenPositions(run),
    ...brokenFiles(run, minutesOf(input)),
    ...brokenAudit(run, minutesOf(input)),
  ];
}

/** Keys `session/minute` of the whole run. */
function minutesOf({ config, sessions }: BacktestInput): string[] {
  return [...sessions].flatMap(({ session }) =>
    Array.from({ length: tradedMinutes(config, session) }, (_, minute) => `${session.date}/${minute}`),
  );
}

function brokenMessages({ database }: TradedRun, minutes: readonly string[]): string[] {
  const handled = Map.groupBy(database.inbox, (key) => key.split('/')[0]!);
  return [
    ...CONSUMERS.filter((consumer) => handled.get(consumer)?.length !== minutes.length).map(
      (consumer) => `${consumer} handled ${handled.get(consumer)?.length ?? 0} messages of ${minutes.length} minutes`,
    ),
    ...database.outbox.filter(({ published }) => !published).map(({ outboxId }) => `${outboxId} is not published`),
    ...database.quarantine.map(({ reason, field }) => `a message went to quarantine: ${reason} ${field}`),
  ];
}

function brokenOrders({ database }: TradedRun): string[] {
  return database.tables.decisions.all().flatMap(({ decision }) => {
    const approved = new Map(decision.symbols.map((each) => [each.symbol, each]));
    const working = decision.orders.filter(({ kind }) => kind !== 'STOP');
    const symbols = new Set(working.map(({ symbol }) => symbol));
    return [
      ...(symbols.size === working.length ? [] : [`minute ${decision.minuteIndex} has two orders for one symbol`]),
      ...decision.orders.flatMap((order) => brokenOrder(order, approved.get(order.symbol))),
    ];
  });
}

function brokenOrder(order: Order, approved: SymbolDecision | undefined): string[] {
  if (approved?.quantity !== order.quantity) return [`${order.orderRef} was not approved`];
  const beyond = order.kind === 'ENTRY' && (order.quantity > 100 || order.quantity * order.limitPriceE4 > 10_000_000);
  return beyond ? [`${order.orderRef} is beyond a limit`] : [];
}

function brokenFills(run: TradedRun): string[] {
  const orders = new Map(ordersOf(run).map((order) => [order.orderRef, order]));
  const accepted = new Set(
    run.database.tables.orderEvents.where(({ row }) => row.event === 'ACCEPTED').map(({ row }) => row.orderRef),
  );
  const filled = Map.groupBy(fillsOf(run), ({ orderRef }) => orderRef);
  return [...filled].flatMap(([orderRef, fills]) => {
    const shares = fills.reduce((sum, { quantity }) => sum + quantity, 0);
    return [
      ...(accepted.has(orderRef) ? [] : [`${orderRef} was filled and never accepted`]),
      ...(shares <= (orders.get(orderRef)?.quantity ?? 0) ? [] : [`${orderRef} was filled beyond its quantity`]),
    ];
  });
}

function brokenPositions(run: TradedRun): string[] {
  const held = new Map<string, number>();
  for (const { symbol, side, quantity } of fillsOf(run)) {
    held.set(symbol, (held.get(symbol) ?? 0) + (side === 'BUY' ? 1 : -1) * quantity);
  }
  return run.database.tables.positions
    .where(({ row }) => row.quantity !== (held.get(row.symbol) ?? 0))
    .map(({ row }) => `${row.symbol} is ${row.quantity} shares and its fills are ${held.get(row.symbol) ?? 0}`);
}

function brokenFiles(run: TradedRun, minutes: readonly string[]): string[] {
  const decided = run.database.tables.decisions
    .all()
    .flatMap(({ decision }) => [
      ...decision.cancels.map((orderRef) => `cancel ${orderRef}`),
      ...decision.orders.map(({ orderRef }) => `order ${orderRef}`),
    ]);
  const logged = new Set(run.orderLog.map(logKey));
  const journaled = new Set(run.journal);
  return [
    ...(logged.size === run.orderLog.length ? [] : ['a line of the order log is there twice']),
    ...decided.filter((line) => !logged.has(line)).map((line) => `the order log lacks ${line}`),
    ...(decided.length >= logged.size ? [] : ['the order log has lines that nobody decided']),
    ...minutes.filter((minute) => !journaled.has(minute)).map((minute) => `the journal lacks ${minute}`),
  ];
}

/** Each chain fits together, and says of each decision, order and fill once that it happened. */
function brokenAudit(run: TradedRun, minutes: readonly string[]): string[] {
  const rows = run.database.tables.audit.all();
  const expected = { decision: minutes.length, order: ordersOf(run).length, fill: fillsOf(run).length };
  return [
    ...[...Map.groupBy(rows, ({ chain }) => chain).values()].flatMap(brokenChain),
    ...Object.entries(expected)
      .map(([kind, count]) => ({ kind, count, found: rows.filter((row) => row.kind === kind).length }))
      .filter(({ count, found }) => count !== found)
      .map(({ kind, count, found }) => `the audit log has ${found} entries of kind ${kind}, ${count} happened`),
  ];
}

function brokenChain(rows: readonly AuditRow[]): string[] {
  return rows
    .filter(({ hash, ...row }, at) => {
      const before = rows[at - 1] ?? EMPTY_CHAIN;
      const fits = row.sequence === before.sequence + 1 && row.previousHash === before.hash;
      return !fits || entryHash(row) !== hash;
    })
    .map(({ chain, sequence }) => `entry ${sequence} of ${chain} does not fit the one before it`);
}

function logKey(line: string): string {
  const { order, cancel } = JSON.parse(line) as { order?: Order; cancel?: string };
  return order === undefined ? `cancel ${cancel}` : `order ${order.orderRef}`;
}

function ordersOf({ database }: TradedRun): Order[] {
  return database.tables.decisions.all().flatMap(({ decision }) => decision.orders);
}

function fillsOf({ database }: TradedRun): Fill[] {
  return database.tables.fills.all().map(({ row }) => row);
}
