/**
 * Read models over Postgres, for the role that can only read. One session is read in one snapshot of the database.
 */

import type { Pool, PoolClient } from 'pg';
import { MINUTE_STEPS, minuteId } from '../../../contracts/minute-ids.ts';
import { MINUTE_MS } from '../../../domain/units/units.ts';
import type { OrderKind } from '../../../domain/orders/types.ts';
import type { ReportViews, SessionFacts, SessionHead } from '../../../ports/report-views.ts';
import type { BarDbRow } from '../market/bar-repository.ts';
import type { DecisionDbRow } from '../runs/decision-rows.ts';
import type { FillDbRow } from '../runs/execution-rows.ts';
import type { LatencyDbRow } from '../runs/latency-rows.ts';
import * as rows from './report-rows.ts';
import * as sql from './report-sql.ts';

export function createReportViews(pool: Pool): ReportViews {
  return {
    async run(runId) {
      const { rows: found } = await pool.query<rows.RunRow>({ ...sql.RUN, values: [runId] });
      return found[0] === undefined ? null : rows.runRecord(found[0]);
    },
    async sessions(limit) {
      const { rows: found } = await pool.query<rows.HeadRow>({ ...sql.SESSIONS, values: [limit] });
      return found.map(rows.sessionHead);
    },
    async head(runId) {
      const { rows: found } = await pool.query<rows.HeadRow>({ ...sql.NEWEST_HEAD, values: [runId] });
      return found[0] === undefined ? null : rows.sessionHead(found[0]);
    },
    facts: (runId, session, fromMinute) => inSnapshot(pool, (client) => facts(client, { runId, session, fromMinute })),
    async commandOutcome(messageId) {
      const { rows: found } = await pool.query<rows.OutcomeRow>({ ...sql.COMMAND_OUTCOME, values: [messageId] });
      return found[0] === undefined ? null : rows.commandOutcome(found[0]);
    },
    async steps(runId, session, minuteIndex) {
      const idOf = ({ type }: (typeof MINUTE_STEPS)[number]) => minuteId(type, runId, { session, minuteIndex });
      const values = [MINUTE_STEPS.map(idOf)];
      const { rows: found } = await pool.query<{ message_id: string; at_ms: number }>({ ...sql.STEPS, values });
      const atMs = new Map(found.map((row) => [row.message_id, row.at_ms]));
      return MINUTE_STEPS.filter((each) => atMs.has(idOf(each))).map((each) => ({
        step: each.step,
        atMs: atMs.get(idOf(each))!,
      }));
    },
    async trades(runId, session) {
      const { rows: found } = await pool.query<rows.TradeDbRow>({ ...sql.TRADES, values: [runId, session] });
      return found.map(rows.tradeRow);
    },
  };
}

interface Address {
  readonly runId: string;
  readonly session: number;
  readonly fromMinute: number;
}

async function facts(client: PoolClient, { runId, session, fromMinute }: Address): Promise<SessionFacts | null> {
  const heads = await client.query<rows.HeadRow>({ ...sql.HEAD, values: [runId, session] });
  const runs = await client.query<rows.RunRow>({ ...sql.RUN, values: [runId] });
  if (heads.rows[0] === undefined || runs.rows[0] === undefined) return null;
  const head = rows.sessionHead(heads.rows[0]);
  const since = [runId, session, fromMinute];
  const positions = await client.query<rows.PositionDbRow>({ ...sql.POSITIONS, values: [runId, session] });
  const equity = await client.query<rows.EquityDbRow>({ ...sql.EQUITY, values: since });
  const decisions = await client.query<DecisionDbRow>({ ...sql.DECISIONS, values: since });
  const fills = await client.query<FillDbRow>({ ...sql.FILLS, values: since });
  const latency = await client.query<LatencyDbRow>({ ...sql.LATENCY, values: since });
  const orders = await client.query<rows.OrderCountRow>({ ...sql.ORDER_COUNTS, values: [runId, session] });
  const span = [runId, session, head.openMs + fromMinute * MINUTE_MS, closeMs(head)];
  const bars = await client.query<BarDbRow>({ ...sql.BARS, values: span });
  const faults = await client.query<rows.FaultDbRow>({
    ...sql.FAULTS,
    values: [runId, session, head.openMs, closeMs(head)],
  });
  const totals = await client.query<rows.TotalsRow>({
    ...sql.TOTALS,
    values: [runId, session, head.openMs, closeMs(head)],
  });
  return {
    head,
    positions: positions.rows.map(rows.positionFact),
    equity: equity.rows.map(rows.equityFact),
    decisions: decisions.rows.map(rows.decisionFact),
    fills: fills.rows.map(rows.fillFact),
    bars: bars.rows.map((row) => rows.barFact(row, head.openMs)),
    latency: latency.rows.map(rows.latencyFact),
    orderCounts: orderCounts(orders.rows),
    faults: faults.rows.map(rows.faultCount),
    ...rows.totals(totals.rows[0]),
  };
}

function closeMs({ openMs, minutes }: SessionHead): number {
  return openMs + minutes * MINUTE_MS;
}

function orderCounts(counts: readonly rows.OrderCountRow[]): Record<OrderKind, number> {
  const none: Record<OrderKind, number> = { ENTRY: 0, EXIT: 0, STOP: 0 };
  return { ...none, ...Object.fromEntries(counts.map(({ kind, count }) => [kind, count])) };
}

/** What is read together belongs together: no row of a later minute between two questions. */
async function inSnapshot<Result>(pool: Pool, read: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let failure: unknown;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await read(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // A client whose transaction failed is thrown away rather than cleaned.
    client.release(failure !== undefined);
  }
}
