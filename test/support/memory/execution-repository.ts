/**
 * What the broker did with the orders, in memory: fills, events, and how far a session has come.
 */

import type { Fill } from '../../../shared/domain/orders/types.ts';
import type { ExecutionRepository, HeldRow, TakenDecision } from '../../../shared/ports/repositories/execution.ts';
import { requireCheck, requireWhole } from './constraints.ts';
import { byteOrder, type StoredDecision, type Tables } from './tables.ts';

export function executionRepository(tables: Tables): ExecutionRepository {
  const { fills, orderEvents, latency, sessions, decisions } = tables;
  return {
    async addFills(runId, rows) {
      for (const fill of rows) requireFill(fill);
      for (const fill of rows) fills.insert(`${runId}/${fill.fillId}`, { owner: runId, row: fill });
    },
    async addOrderEvents(runId, rows) {
      for (const row of rows) requireWhole(row, ['eventMs']);
      for (const row of rows)
        orderEvents.insert(`${runId}/${row.orderRef}/${row.event}/${row.eventMs}`, { owner: runId, row });
    },
    async saveLatency(row) {
      latency.put(`${row.runId}/${row.session}/${row.minuteIndex}`, row);
    },
    async fills(runId, session) {
      return fillsOf(tables, runId, session);
    },
    async orderEvents(runId, session) {
      const ofSession = decisions.where((row) => row.runId === runId && row.decision.session === session);
      const refs = new Set(ofSession.flatMap(({ decision }) => decision.orders.map(({ orderRef }) => orderRef)));
      return orderEvents
        .where(({ owner, row }) => owner === runId && refs.has(row.orderRef) && row.event !== 'ACCEPTED')
        .map(({ row }) => row)
        .toSorted((a, b) => a.eventMs - b.eventMs || byteOrder(a.orderRef, b.orderRef) || byteOrder(a.event, b.event));
    },
    async held(runId, { session, minuteIndex }) {
      const counted = fills
        .where(({ owner }) => owner === runId)
        .map(({ row }) => row)
        .filter((row) => row.session < session || (row.session === session && row.minuteIndex <= minuteIndex));
      const bySymbol = [...Map.groupBy(counted, ({ symbol }) => symbol)];
      return bySymbol.map(([symbol, rows]) => heldRow(symbol, rows)).toSorted((a, b) => byteOrder(a.symbol, b.symbol));
    },
    async markPublished(runId, session, minuteIndex) {
      mark(tables, `${runId}/${session}`, { publishedMinute: minuteIndex });
    },
    async markDecided(runId, session, minuteIndex) {
      mark(tables, `${runId}/${session}`, { decidedMinute: minuteIndex });
    },
    async progress(runId, session) {
      const row = sessions.get(`${runId}/${session}`);
      return { publishedMinute: row?.publishedMinute ?? -1, decidedMinute: row?.decidedMinute ?? -1 };
    },
    async takenDecisions(runId, session) {
      const decidedMinute = sessions.get(`${runId}/${session}`)?.decidedMinute ?? -1;
      const ofSession = decisions.where((row) => row.runId === runId && row.decision.session === session);
      return ofSession
        .filter(({ decision }) => decision.minuteIndex <= decidedMinute)
        .filter(({ decision }) => decision.orders.length > 0 || decision.cancels.length > 0)
        .toSorted(byMinuteThenCause)
        .map(takenDecision);
    },
  };
}

function heldRow(symbol: string, rows: readonly Fill[]): HeldRow {
  const held = { symbol, quantity: 0, cashE4: 0 };
  for (const { side, quantity, priceE4, fees } of rows) {
    const bought = side === 'BUY' ? 1 : -1;
    held.quantity += bought * quantity;
    held.cashE4 -= bought * quantity * priceE4 + fees.commissionE4 + fees.exchangeE4 + fees.secE4 + fees.tafE4;
  }
  return held;
}

function requireFill(fill: Fill): void {
  requireWhole(fill, ['quantity', 'priceE4', 'session', 'minuteIndex', 'eventMs', 'sequence']);
  requireWhole(fill.fees, ['commissionE4', 'exchangeE4', 'secE4', 'tafE4']);
  requireCheck(fill.quantity > 0 && fill.priceE4 > 0, 'quantity > 0 and price_e4 > 0');
  requireCheck(['BUY', 'SELL'].includes(fill.side), `side ${fill.side}`);
}

/** In the order of the ledger. */
export function fillsOf({ fills }: Tables, runId: string, session: number): Fill[] {
  return fills
    .where(({ owner, row }) => owner === runId && row.session === session)
    .map(({ row }) => row)
    .toSorted((a, b) => a.eventMs - b.eventMs || byteOrder(a.symbol, b.symbol) || a.sequence - b.sequence);
}

/** Never backwards: a repeat of an earlier minute says nothing new. */
function mark(
  { sessions }: Tables,
  key: string,
  { publishedMinute = -1, decidedMinute = -1 }: { publishedMinute?: number; decidedMinute?: number },
): void {
  const row = sessions.get(key);
  if (row === undefined) return;
  sessions.put(key, {
    ...row,
    publishedMinute: Math.max(row.publishedMinute, publishedMinute),
    decidedMinute: Math.max(row.decidedMinute, decidedMinute),
  });
}

/** A minute's own decision comes before those of pulses and commands that arrived during it. */
function byMinuteThenCause(a: StoredDecision, b: StoredDecision): number {
  return (
    a.decision.minuteIndex - b.decision.minuteIndex ||
    Number(a.cause !== 'minute') - Number(b.cause !== 'minute') ||
    a.decision.eventMs - b.decision.eventMs ||
    byteOrder(a.cause, b.cause) ||
    a.sequence - b.sequence
  );
}

function takenDecision({ decision }: StoredDecision): TakenDecision {
  const { minuteIndex, orders, cancels } = decision;
  return { minuteIndex, orders, cancels };
}
