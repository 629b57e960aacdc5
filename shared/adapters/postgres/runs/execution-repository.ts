/**
 * What the broker did with the orders: fills, events, and how far a session has come.
 */

import type { Fill } from '../../../domain/orders/types.ts';
import type { ExecutionRepository, OrderEventRow } from '../../../ports/repositories/execution.ts';
import { columns, integer } from '../connection/columns.ts';
import { type FillDbRow, fillOf, FILLS_OF_SESSION, ORDER_COLUMNS, type OrderDbRow, orderOf } from './execution-rows.ts';
import type { Transaction } from '../connection/transaction.ts';

interface ProgressDbRow {
  readonly published_minute: number;
  readonly decided_minute: number;
}

interface TakenDbRow {
  readonly minute_index: number;
  readonly cause: string;
  readonly sequence: number;
  readonly cancels: string;
}

interface TakenOrderDbRow extends OrderDbRow {
  readonly cause: string;
  readonly sequence: number;
}

interface EventDbRow {
  readonly order_ref: string;
  readonly event: OrderEventRow['event'];
  readonly event_ms: string;
  readonly detail: string;
}

interface HeldDbRow {
  readonly symbol: string;
  readonly quantity: string;
  readonly cash_e4: string;
}

const ADD_FILLS = {
  name: 'fills-add',
  text: `INSERT INTO fills (run_id, fill_id, order_ref, symbol, side, quantity, price_e4, code, session, minute_index,
      event_ms, sequence, commission_e4, exchange_e4, sec_e4, taf_e4)
    SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int8[], $7::int8[], $8::text[],
      $9::int[], $10::int[], $11::int8[], $12::int[], $13::int8[], $14::int8[], $15::int8[], $16::int8[])
    ON CONFLICT (run_id, fill_id) DO NOTHING`,
};

const ADD_EVENTS = {
  name: 'order-events-add',
  text: `INSERT INTO order_events (run_id, order_ref, event, event_ms, detail)
    SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int8[], $5::text[])
    ON CONFLICT (run_id, order_ref, event, event_ms) DO NOTHING`,
};

const SAVE_LATENCY = {
  name: 'latency-save',
  text: `INSERT INTO minute_latency (run_id, session, minute_index, closed_ms, ingest_ms, signal_ms, risk_ms, recorded_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (run_id, session, minute_index) DO UPDATE SET closed_ms = excluded.closed_ms,
      ingest_ms = excluded.ingest_ms, signal_ms = excluded.signal_ms, risk_ms = excluded.risk_ms,
      recorded_ms = excluded.recorded_ms`,
};

/** Never backwards: a repeat of an earlier minute says nothing new. */
const MARK_PUBLISHED = {
  name: 'session-mark-published',
  text: `UPDATE sessions SET published_minute = $3 WHERE run_id = $1 AND session = $2 AND published_minute < $3`,
};

const MARK_DECIDED = {
  name: 'session-mark-decided',
  text: `UPDATE sessions SET decided_minute = $3 WHERE run_id = $1 AND session = $2 AND decided_minute < $3`,
};

const PROGRESS = {
  name: 'session-progress',
  text: 'SELECT published_minute, decided_minute FROM sessions WHERE run_id = $1 AND session = $2',
};

const TAKEN = `run_id = $1 AND session = $2
  AND minute_index <= (SELECT decided_minute FROM sessions WHERE run_id = $1 AND session = $2)`;

/** A minute's own decision comes before those of pulses and commands that arrived during it. */
const TAKEN_DECISIONS = {
  name: 'decisions-taken',
  text: `SELECT d.minute_index, d.cause, d.sequence, d.cancels FROM decisions d
    WHERE ${TAKEN} AND (cancels <> '[]' OR EXISTS (SELECT FROM orders o
      WHERE o.run_id = $1 AND o.session = $2 AND o.minute_index = d.minute_index AND o.cause = d.cause
        AND o.sequence = d.sequence))
    ORDER BY d.minute_index, d.cause <> 'minute', d.event_ms, d.cause, d.sequence`,
};

const TAKEN_ORDERS = {
  name: 'orders-taken',
  text: `SELECT ${ORDER_COLUMNS}, o.cause, o.sequence FROM orders o WHERE ${TAKEN} ORDER BY o.position`,
};

const ORDER_EVENTS = {
  name: 'order-events-of-session',
  text: `SELECT e.order_ref, e.event, e.event_ms, e.detail FROM orders o JOIN order_events e USING (run_id, order_ref)
    WHERE o.run_id = $1 AND o.session = $2 AND e.event <> 'ACCEPTED' ORDER BY e.event_ms, e.order_ref, e.event`,
};

const HELD = {
  name: 'fills-held',
  text: `SELECT symbol, sum(CASE side WHEN 'BUY' THEN quantity ELSE -quantity END)::int8 AS quantity,
      sum((CASE side WHEN 'BUY' THEN -1 ELSE 1 END) * quantity * price_e4
        - commission_e4 - exchange_e4 - sec_e4 - taf_e4)::int8 AS cash_e4
    FROM fills WHERE run_id = $1 AND (session, minute_index) <= ($2, $3) GROUP BY symbol ORDER BY symbol`,
};

const EVENT_FIELDS = ['orderRef', 'event', 'eventMs', 'detail'] as const;
const FILL_FIELDS = [
  'fillId',
  'orderRef',
  'symbol',
  'side',
  'quantity',
  'priceE4',
  'code',
  'session',
  'minuteIndex',
  'eventMs',
  'sequence',
] as const;

export function executionRepository(transaction: Transaction): ExecutionRepository {
  return {
    async addFills(runId, fills) {
      if (fills.length === 0) return;
      const fees = columns(
        fills.map((fill) => fill.fees),
        ['commissionE4', 'exchangeE4', 'secE4', 'tafE4'],
      );
      transaction.write(ADD_FILLS, [runId, ...columns<Fill>(fills, FILL_FIELDS), ...fees]);
    },
    async addOrderEvents(runId, rows) {
      if (rows.length > 0) transaction.write(ADD_EVENTS, [runId, ...columns(rows, EVENT_FIELDS)]);
    },
    async saveLatency({ runId, session, minuteIndex, closedMs, ingestMs, signalMs, riskMs, recordedMs }) {
      const stages = [closedMs, ingestMs, signalMs, riskMs, recordedMs];
      transaction.write(SAVE_LATENCY, [runId, session, minuteIndex, ...stages]);
    },
    async fills(runId, session) {
      const rows = await transaction.read<FillDbRow>(FILLS_OF_SESSION, [runId, session]);
      return rows.map(fillOf);
    },
    async orderEvents(runId, session) {
      const rows = await transaction.read<EventDbRow>(ORDER_EVENTS, [runId, session]);
      return rows.map(({ order_ref: orderRef, event, event_ms, detail }) => {
        return { orderRef, event, eventMs: integer(event_ms, 'order_events.event_ms'), detail };
      });
    },
    async held(runId, { session, minuteIndex }) {
      const rows = await transaction.read<HeldDbRow>(HELD, [runId, session, minuteIndex]);
      return rows.map(({ symbol, quantity, cash_e4 }) => ({
        symbol,
        quantity: integer(quantity, 'the sum of fills.quantity'),
        cashE4: integer(cash_e4, 'the sum of fills'),
      }));
    },
    async markPublished(runId, session, minuteIndex) {
      transaction.write(MARK_PUBLISHED, [runId, session, minuteIndex]);
    },
    async markDecided(runId, session, minuteIndex) {
      transaction.write(MARK_DECIDED, [runId, session, minuteIndex]);
    },
    async progress(runId, session) {
      const [row] = await transaction.read<ProgressDbRow>(PROGRESS, [runId, session]);
      return { publishedMinute: row?.published_minute ?? -1, decidedMinute: row?.decided_minute ?? -1 };
    },
    async takenDecisions(runId, session) {
      const decisions = await transaction.read<TakenDbRow>(TAKEN_DECISIONS, [runId, session]);
      const orders = await transaction.read<TakenOrderDbRow>(TAKEN_ORDERS, [runId, session]);
      const byDecision = Map.groupBy(orders, decisionKey);
      return decisions.map((row) => ({
        minuteIndex: row.minute_index,
        orders: (byDecision.get(decisionKey(row)) ?? []).map(orderOf),
        cancels: JSON.parse(row.cancels) as string[],
      }));
    },
  };
}

function decisionKey(row: { minute_index: number; cause: string; sequence: number }): string {
  return `${row.minute_index}/${row.cause}/${row.sequence}`;
}
