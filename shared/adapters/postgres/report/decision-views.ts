/**
 * The facts of one decision over Postgres, for the role that can only read.
 */

import type { ClientBase } from 'pg';
import { readStoredSignal } from '../../../contracts/stored-signal.ts';
import type { OrderKind } from '../../../domain/orders/types.ts';
import type { SymbolDecision } from '../../../domain/risk/types.ts';
import { MINUTE_MS } from '../../../domain/units/units.ts';
import type {
  DecisionAddress,
  DecisionFacts,
  DecisionOf,
  DecisionViews,
  Holding,
  OrderEventFact,
  OrderFacts,
  QualityFacts,
  SignalFacts,
} from '../../../ports/decision-views.ts';
import type { BarRow } from '../../../ports/repositories/market.ts';
import { integer, integerOrNull } from '../connection/columns.ts';
import { type BarDbRow, BAR_COLUMNS, barRow } from '../market/bar-repository.ts';
import type { DecisionDbRow } from '../runs/decision-rows.ts';
import {
  FILL_COLUMNS,
  type FillDbRow,
  fillOf,
  ORDER_COLUMNS,
  type OrderDbRow,
  orderOf,
} from '../runs/execution-rows.ts';
import { runRecord, type RunRow } from './report-rows.ts';

export function createDecisionViews(client: ClientBase): DecisionViews {
  return {
    decision: (at, of) => decisionFacts(client, at, of),
    async nearestOrders(at, { run, limit }) {
      const values = [at?.session ?? 0, at?.symbol ?? '', at?.minuteIndex ?? 0, run, limit];
      const { rows } = await client.query<{ order_ref: string }>(NEAREST, values);
      return rows.map((row) => row.order_ref);
    },
    async runs() {
      const { rows } = await client.query<{ run_id: string }>('SELECT run_id FROM runs ORDER BY created_at DESC');
      return rows.map((row) => row.run_id);
    },
  };
}

const NEAREST = `SELECT order_ref FROM orders WHERE kind <> 'STOP' AND ($4::text IS NULL OR run_id = $4)
  GROUP BY order_ref, session, symbol, minute_index
  ORDER BY (session = $1 AND symbol = $2) DESC, (session = $1) DESC, session DESC, abs(minute_index - $3), order_ref
  LIMIT $5`;

/** Session-start equity is in the snapshot of the account; where it is flat, that is its cash. */
const HEAD = `SELECT d.run_id, r.kind, r.config, s.open_ms, d.minutes, d.event_ms, d.state, d.state_causes, d.equity_e4,
    d.symbols, d.signal, d.observation::float8[], e.equity_e4 + e.limit_drawdown_e4 AS limit_reference_e4,
    coalesce(a.snapshot::json ->> 'sessionStartE4', a.opening_cash_e4::text) AS session_start_e4
  FROM decisions d JOIN runs r USING (run_id) JOIN sessions s USING (run_id, session)
    LEFT JOIN accounts a USING (run_id, session) LEFT JOIN equity e USING (run_id, session, minute_index)
  WHERE d.session = $1 AND d.minute_index = $2 AND d.cause = 'minute' AND ($3::text IS NULL OR d.run_id = $3)
    AND ($4::text IS NULL OR EXISTS (SELECT FROM orders o WHERE o.run_id = d.run_id AND o.order_ref = $4))
  ORDER BY r.created_at DESC LIMIT 1`;

interface HeadRow
  extends RunRow,
    Pick<DecisionDbRow, 'minutes' | 'event_ms' | 'state' | 'state_causes' | 'equity_e4' | 'symbols'> {
  readonly run_id: string;
  readonly open_ms: string;
  readonly signal: string | null;
  readonly session_start_e4: string | null;
  readonly limit_reference_e4: string | null;
  /** Null in rows of version 0.1. */
  readonly observation: number[] | null;
}

async function decisionFacts(
  client: ClientBase,
  at: DecisionAddress,
  { run, orderRef }: DecisionOf,
): Promise<DecisionFacts | null> {
  const { rows } = await client.query<HeadRow>(HEAD, [at.session, at.minuteIndex, run, orderRef]);
  const head = rows[0];
  // Written by risk from its own types.
  const symbols = head === undefined ? [] : (JSON.parse(head.symbols) as SymbolDecision[]);
  const decision = symbols.find(({ symbol }) => symbol === at.symbol);
  if (head === undefined || decision === undefined) return null;
  const { config } = runRecord(head);
  const openMs = integer(head.open_ms, 'sessions.open_ms');
  const bar = { runId: head.run_id, at, ts: new Date(openMs + at.minuteIndex * MINUTE_MS) };
  return {
    config,
    openMs,
    minutes: head.minutes,
    bar: await readBar(client, bar),
    quality: await readQuality(client, bar),
    state: head.state,
    causes: head.state_causes,
    equityE4: integer(head.equity_e4, 'decisions.equity_e4'),
    sessionStartE4: integerOrNull(head.session_start_e4, 'accounts.snapshot.sessionStartE4'),
    limitReferenceE4: integerOrNull(head.limit_reference_e4, 'equity.limit_drawdown_e4'),
    decision,
    signal: signalFacts(head, at.symbol),
    holding: await readHolding(client, head, at),
    orders: await readOrders(client, head.run_id, at),
  };
}

interface BarAddress {
  readonly runId: string;
  readonly at: DecisionAddress;
  readonly ts: Date;
}

/** Of the bars that the session was played on. */
const OF_MINUTE = 'USING (feed, symbol) WHERE f.run_id = $1 AND f.session = $2 AND symbol = $3 AND ts = $4';

async function readBar(client: ClientBase, { runId, at, ts }: BarAddress): Promise<BarRow | null> {
  const text = `SELECT ${BAR_COLUMNS} FROM session_feeds f JOIN ohlcv ${OF_MINUTE}`;
  const { rows } = await client.query<BarDbRow>(text, [runId, at.session, at.symbol, ts]);
  return rows[0] === undefined ? null : barRow(rows[0]);
}

async function readQuality(client: ClientBase, { runId, at, ts }: BarAddress): Promise<QualityFacts | null> {
  const text = `SELECT codes, hard, raw FROM session_feeds f JOIN data_quality ${OF_MINUTE}`;
  const values = [runId, at.session, at.symbol, ts];
  const { rows } = await client.query<{ codes: string[]; hard: boolean; raw: string }>(text, values);
  return rows[0] === undefined ? null : { codes: rows[0].codes, isHard: rows[0].hard, raw: rows[0].raw };
}

/** Written by risk from the message that it had parsed. */
function signalFacts(head: Pick<HeadRow, 'signal' | 'observation'>, symbol: string): SignalFacts | null {
  if (head.signal === null) return null;
  const signal = readStoredSignal(head.signal, head.observation);
  const own = signal.signals.find((each) => each.symbol === symbol);
  return {
    isReady: signal.ready,
    observation: signal.observation,
    entryQuantity: own?.entryQuantity ?? 0,
    limitPriceE4: own?.limitPriceE4 ?? 0,
    isCorrelated: own?.correlated ?? false,
  };
}

const HELD = `SELECT coalesce(sum(CASE side WHEN 'BUY' THEN quantity ELSE -quantity END), 0)::int8 AS quantity
  FROM fills WHERE run_id = $1 AND symbol = $2 AND (session, minute_index) <= ($3, $4)`;

/** Ended: an event other than of its taking or of a part of it, up to the close of the minute. */
const WORKING = `SELECT o.order_ref, o.kind FROM orders o
  WHERE o.run_id = $1 AND o.symbol = $2 AND o.session = $3 AND o.minute_index < $4 AND o.kind <> 'STOP'
    AND NOT EXISTS (SELECT FROM order_events e WHERE e.run_id = $1 AND e.order_ref = o.order_ref
      AND e.event NOT IN ('ACCEPTED', 'PARTIALLY_FILLED') AND e.event_ms <= $5)
  ORDER BY o.minute_index DESC`;

async function readHolding(client: ClientBase, head: HeadRow, at: DecisionAddress): Promise<Holding> {
  const place = [head.run_id, at.symbol, at.session, at.minuteIndex];
  const held = await client.query<{ quantity: string }>(HELD, place);
  const working = await client.query<{ order_ref: string; kind: OrderKind }>(WORKING, [...place, head.event_ms]);
  const newest = (kind: OrderKind) => working.rows.find((row) => row.kind === kind)?.order_ref ?? null;
  return {
    quantity: integer(held.rows[0]?.quantity ?? '0', 'fills.quantity'),
    workingEntry: newest('ENTRY'),
    workingExit: newest('EXIT'),
  };
}

/** The minute's own orders and, when one of them is an entry, the exit that came next. */
const ORDERS = `SELECT ${ORDER_COLUMNS} FROM orders o
  WHERE o.run_id = $1 AND o.session = $2 AND o.symbol = $3 AND o.minute_index = $4
  UNION ALL
  (SELECT ${ORDER_COLUMNS} FROM orders o
   WHERE o.run_id = $1 AND o.session = $2 AND o.symbol = $3 AND o.kind = 'EXIT' AND o.minute_index > $4
     AND EXISTS (SELECT 1 FROM orders e WHERE e.run_id = $1 AND e.session = $2 AND e.symbol = $3
                   AND e.minute_index = $4 AND e.kind = 'ENTRY')
     AND NOT EXISTS (SELECT 1 FROM orders n WHERE n.run_id = $1 AND n.session = $2 AND n.symbol = $3
                   AND n.kind = 'ENTRY' AND n.minute_index > $4 AND n.minute_index < o.minute_index)
   ORDER BY o.minute_index LIMIT 1)`;

async function readOrders(client: ClientBase, runId: string, at: DecisionAddress): Promise<OrderFacts[]> {
  const { rows } = await client.query<OrderDbRow>(ORDERS, [runId, at.session, at.symbol, at.minuteIndex]);
  const orders: OrderFacts[] = [];
  // One question after the other: a connection answers one at a time.
  for (const row of rows) orders.push(await withOutcome(client, runId, row));
  return orders;
}

async function withOutcome(client: ClientBase, runId: string, row: OrderDbRow): Promise<OrderFacts> {
  const { eventMs: _, session: __, symbol: ___, ...order } = orderOf(row);
  return { ...order, events: await readEvents(client, runId, row), fills: await readFills(client, runId, row) };
}

async function readEvents(client: ClientBase, runId: string, { order_ref }: OrderDbRow): Promise<OrderEventFact[]> {
  const { rows } = await client.query<{ event: string; event_ms: string; detail: string }>(
    'SELECT event, event_ms, detail FROM order_events WHERE run_id = $1 AND order_ref = $2 ORDER BY event_ms, event',
    [runId, order_ref],
  );
  return rows.map(({ event, event_ms, detail }) => ({
    event,
    eventMs: integer(event_ms, 'order_events.event_ms'),
    detail,
  }));
}

async function readFills(client: ClientBase, runId: string, { order_ref }: OrderDbRow): Promise<OrderFacts['fills']> {
  const text = `SELECT ${FILL_COLUMNS} FROM fills WHERE run_id = $1 AND order_ref = $2 ORDER BY event_ms, sequence`;
  const { rows } = await client.query<FillDbRow>(text, [runId, order_ref]);
  return rows.map(fillOf);
}
