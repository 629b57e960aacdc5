/**
 * Reads from SQL what led to one decision and what became of it. Read-only role; every number checked on its way in.
 */

import type { Client } from 'pg';
import type { SignalData } from '../../../../shared/contracts/signal.v1.ts';
import type { SymbolDecision } from '../../../../shared/domain/risk/types.ts';
import type { RunConfig } from '../../../../shared/domain/run/run-config.ts';
import { MINUTE_MS } from '../../../../shared/domain/units/units.ts';
import type { Reference } from './reference.ts';

export interface BarFacts {
  readonly openE4: number;
  readonly highE4: number;
  readonly lowE4: number;
  readonly closeE4: number;
  readonly volume: number;
  readonly fillableVolume: number;
}

export interface QualityFacts {
  readonly codes: readonly string[];
  readonly isHard: boolean;
  readonly raw: string;
}

export interface OrderFacts {
  readonly orderRef: string;
  readonly kind: 'ENTRY' | 'EXIT' | 'STOP';
  readonly side: string;
  readonly quantity: number;
  readonly type: string;
  readonly limitPriceE4: number;
  readonly stopPriceE4: number;
  readonly referencePriceE4: number;
  readonly parentRef: string;
  readonly minuteIndex: number;
  readonly events: readonly { readonly event: string; readonly eventMs: number; readonly detail: string }[];
  readonly fills: readonly FillFacts[];
}

export interface FillFacts {
  readonly fillId: string;
  readonly side: string;
  readonly quantity: number;
  readonly priceE4: number;
  readonly feesE4: number;
  readonly code: string;
  readonly minuteIndex: number;
}

export interface Explanation {
  readonly reference: Reference;
  readonly config: RunConfig;
  readonly openMs: number;
  readonly minutes: number;
  readonly bar: BarFacts | null;
  readonly quality: QualityFacts | null;
  readonly state: string;
  readonly stateCause: string;
  readonly equityE4: number;
  readonly decision: SymbolDecision;
  readonly signal: Omit<SignalData, 'fills' | 'closed'> | null;
  /** Orders decided in this minute for the symbol, then the exit or stop that closed the position. */
  readonly orders: readonly OrderFacts[];
}

/** Null when no run of this folder has such a decision. */
export async function loadExplanation(
  client: Client,
  reference: Reference,
  run: string | null,
): Promise<Explanation | null> {
  const head = await loadHead(client, reference, run);
  if (head === null) return null;
  const decision = (JSON.parse(head.symbols) as SymbolDecision[]).find(({ symbol }) => symbol === reference.symbol);
  if (decision === undefined) return null;
  const config = JSON.parse(head.config) as RunConfig;
  const openMs = integer(head.open_ms);
  const barMs = openMs + reference.minuteIndex * MINUTE_MS;
  return {
    reference,
    config,
    openMs,
    minutes: head.minutes,
    bar: await loadBar(client, config.feed, reference.symbol, barMs),
    quality: await loadQuality(client, config.feed, reference.symbol, barMs),
    state: head.state,
    stateCause: head.state_cause,
    equityE4: integer(head.equity_e4),
    decision,
    signal: head.signal === null ? null : (JSON.parse(head.signal) as SignalData),
    orders: await loadOrders(client, head.run_id, reference),
  };
}

/** References of orders near the one asked for: same symbol and session first, then the newest. */
export async function nearestReferences(client: Client, reference: Reference | null, limit: number): Promise<string[]> {
  const { rows } = await client.query<{ order_ref: string }>(
    `SELECT order_ref FROM orders WHERE kind <> 'STOP'
     GROUP BY order_ref, session, symbol, minute_index
     ORDER BY (session = $1 AND symbol = $2) DESC, (session = $1) DESC, session DESC, abs(minute_index - $3), order_ref
     LIMIT $4`,
    [reference?.session ?? 0, reference?.symbol ?? '', reference?.minuteIndex ?? 0, limit],
  );
  return rows.map((row) => row.order_ref);
}

interface HeadRow {
  run_id: string;
  config: string;
  open_ms: string;
  minutes: number;
  state: string;
  state_cause: string;
  equity_e4: string;
  symbols: string;
  signal: string | null;
}

async function loadHead(client: Client, reference: Reference, run: string | null): Promise<HeadRow | null> {
  const { rows } = await client.query<HeadRow>(
    `SELECT d.run_id, r.config, s.open_ms, s.minutes, d.state, d.state_cause, d.equity_e4, d.symbols, d.signal
     FROM decisions d JOIN runs r USING (run_id) JOIN sessions s USING (run_id, session)
     WHERE d.session = $1 AND d.minute_index = $2 AND d.cause = 'minute' AND ($3::text IS NULL OR d.run_id = $3)
     ORDER BY r.created_at DESC LIMIT 1`,
    [reference.session, reference.minuteIndex, run],
  );
  return rows[0] ?? null;
}

async function loadBar(client: Client, feed: string, symbol: string, barMs: number): Promise<BarFacts | null> {
  const { rows } = await client.query<Record<string, string>>(
    `SELECT open_e4, high_e4, low_e4, close_e4, volume, fillable_volume FROM ohlcv
     WHERE feed = $1 AND symbol = $2 AND ts = $3`,
    [feed, symbol, new Date(barMs)],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    openE4: integer(row['open_e4']),
    highE4: integer(row['high_e4']),
    lowE4: integer(row['low_e4']),
    closeE4: integer(row['close_e4']),
    volume: integer(row['volume']),
    fillableVolume: integer(row['fillable_volume']),
  };
}

async function loadQuality(client: Client, feed: string, symbol: string, barMs: number): Promise<QualityFacts | null> {
  const { rows } = await client.query<{ codes: string[]; hard: boolean; raw: string }>(
    'SELECT codes, hard, raw FROM data_quality WHERE feed = $1 AND symbol = $2 AND ts = $3',
    [feed, symbol, new Date(barMs)],
  );
  const row = rows[0];
  return row === undefined ? null : { codes: row.codes, isHard: row.hard, raw: row.raw };
}

interface OrderRow extends Record<string, unknown> {
  order_ref: string;
  kind: OrderFacts['kind'];
  side: string;
  type: string;
  parent_ref: string;
  minute_index: number;
}

/** The minute's own orders and, when one of them is an entry, the exit that came next. */
async function loadOrders(client: Client, runId: string, reference: Reference): Promise<OrderFacts[]> {
  const { session, symbol, minuteIndex } = reference;
  const { rows } = await client.query<OrderRow>(
    `SELECT * FROM orders WHERE run_id = $1 AND session = $2 AND symbol = $3 AND minute_index = $4
     UNION ALL
     (SELECT * FROM orders o WHERE run_id = $1 AND session = $2 AND symbol = $3 AND kind = 'EXIT' AND minute_index > $4
        AND EXISTS (SELECT 1 FROM orders e WHERE e.run_id = $1 AND e.session = $2 AND e.symbol = $3
                      AND e.minute_index = $4 AND e.kind = 'ENTRY')
        AND NOT EXISTS (SELECT 1 FROM orders n WHERE n.run_id = $1 AND n.session = $2 AND n.symbol = $3
                      AND n.kind = 'ENTRY' AND n.minute_index > $4 AND n.minute_index < o.minute_index)
      ORDER BY minute_index LIMIT 1)`,
    [runId, session, symbol, minuteIndex],
  );
  const orders: OrderFacts[] = [];
  // One question after the other: a connection answers one at a time.
  for (const row of rows) orders.push(await withOutcome(client, runId, row));
  return orders;
}

async function withOutcome(client: Client, runId: string, row: OrderRow): Promise<OrderFacts> {
  return {
    orderRef: row.order_ref,
    kind: row.kind,
    side: row.side,
    quantity: integer(row['quantity']),
    type: row.type,
    limitPriceE4: integer(row['limit_price_e4']),
    stopPriceE4: integer(row['stop_price_e4']),
    referencePriceE4: integer(row['reference_price_e4']),
    parentRef: row.parent_ref,
    minuteIndex: row.minute_index,
    events: await loadEvents(client, runId, row.order_ref),
    fills: await loadFills(client, runId, row.order_ref),
  };
}

async function loadEvents(client: Client, runId: string, orderRef: string): Promise<OrderFacts['events']> {
  const { rows } = await client.query<{ event: string; event_ms: string; detail: string }>(
    'SELECT event, event_ms, detail FROM order_events WHERE run_id = $1 AND order_ref = $2 ORDER BY event_ms, event',
    [runId, orderRef],
  );
  return rows.map(({ event, event_ms, detail }) => ({ event, eventMs: integer(event_ms), detail }));
}

async function loadFills(client: Client, runId: string, orderRef: string): Promise<FillFacts[]> {
  const { rows } = await client.query<Record<string, string> & { minute_index: number }>(
    `SELECT fill_id, side, quantity, price_e4, commission_e4 + exchange_e4 + sec_e4 + taf_e4 AS fees_e4, code, minute_index
     FROM fills WHERE run_id = $1 AND order_ref = $2 ORDER BY event_ms, sequence`,
    [runId, orderRef],
  );
  return rows.map((row) => ({
    fillId: row['fill_id'] ?? '',
    side: row['side'] ?? '',
    quantity: integer(row['quantity']),
    priceE4: integer(row['price_e4']),
    feesE4: integer(row['fees_e4']),
    code: row['code'] ?? '',
    minuteIndex: row.minute_index,
  }));
}

/** The driver returns BIGINT as text. */
function integer(value: unknown): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`the database holds '${String(value)}' where an integer is expected`);
  return number;
}
