/**
 * Decisions with the orders they approved, and what risk noticed besides.
 */

import { readStoredSignal, storedText } from '../../../contracts/stored-signal.ts';
import type { Order } from '../../../domain/orders/types.ts';
import type { DecisionRecord, DecisionRepository } from '../../../ports/repositories/decisions.ts';
import { columns } from '../connection/columns.ts';
import type { Transaction } from '../connection/transaction.ts';

const COLUMNS = `run_id, session, minute_index, cause, sequence, minutes, event_ms, state, state_causes, equity_e4,
  symbols, cancels, signal, observation`;

/** A minute has one decision, so a repeat is the same. */
const ADD_OF_MINUTE = {
  name: 'decision-add-of-minute',
  text: `INSERT INTO decisions (${COLUMNS}) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    ON CONFLICT (run_id, session, minute_index, cause, sequence) DO NOTHING`,
};

/** Pulses and commands of one run come one after another, so counting them numbers them. */
const ADD_OTHER = {
  name: 'decision-add-other',
  text: `INSERT INTO decisions (${COLUMNS})
    SELECT $1, $2, $3, $4, (SELECT count(*) FROM decisions
        WHERE run_id = $1 AND session = $2 AND minute_index = $3 AND cause = $4)::int,
      $5, $6, $7, $8, $9, $10, $11, $12, $13`,
};

const ADD_ORDERS = {
  name: 'decision-add-orders',
  text: `INSERT INTO orders (run_id, cause, sequence, order_ref, kind, symbol, side, quantity, type, limit_price_e4,
      stop_price_e4, reference_price_e4, parent_ref, session, minute_index, event_ms, position)
    SELECT $1, $2, (SELECT max(sequence) FROM decisions
        WHERE run_id = $1 AND cause = $2 AND session = $3 AND minute_index = $4), *
    FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::int8[], $10::text[], $11::int8[], $12::int8[],
      $13::int8[], $14::text[], $15::int[], $16::int[], $17::int8[]) WITH ORDINALITY
    ON CONFLICT (run_id, order_ref) DO NOTHING`,
};

const RISK_EVENT = {
  name: 'risk-event-add',
  text: `INSERT INTO risk_events (run_id, event_ms, kind, detail, message_id, outcome)
    VALUES ($1, $2, $3, $4, $5, $6)`,
};

const QUARANTINED = {
  name: 'decisions-quarantined',
  text: `SELECT session, minute_index FROM decisions
    WHERE run_id = $1 AND session >= $2 AND cause = 'minute' AND signal IS NULL ORDER BY session, minute_index`,
};

interface SignalDbRow {
  readonly signal: string | null;
  readonly observation: number[] | null;
}

const SIGNAL_OF = {
  name: 'decision-signal',
  text: `SELECT signal, observation FROM decisions
    WHERE run_id = $1 AND session = $2 AND minute_index = $3 AND cause = 'minute'`,
};

const ORDER_FIELDS = [
  'orderRef',
  'kind',
  'symbol',
  'side',
  'quantity',
  'type',
  'limitPriceE4',
  'stopPriceE4',
  'referencePriceE4',
  'parentRef',
  'session',
  'minuteIndex',
  'eventMs',
] as const;

export function decisionRepository(transaction: Transaction): DecisionRepository {
  return {
    async add(record) {
      const { runId, cause, decision } = record;
      transaction.write(cause === 'minute' ? ADD_OF_MINUTE : ADD_OTHER, decisionValues(record));
      if (decision.orders.length === 0) return;
      const { session, minuteIndex, orders } = decision;
      transaction.write(ADD_ORDERS, [runId, cause, session, minuteIndex, ...columns<Order>(orders, ORDER_FIELDS)]);
    },
    async riskEvent({ runId, eventMs, kind, detail, outcome }) {
      const json = outcome === null ? null : JSON.stringify(outcome);
      transaction.write(RISK_EVENT, [runId, eventMs, kind, detail, outcome?.messageId ?? null, json]);
    },
    async signalOf(runId, { session, minuteIndex }) {
      const values = [runId, session, minuteIndex];
      const [row] = await transaction.read<SignalDbRow>(SIGNAL_OF, values);
      return row === undefined || row.signal === null ? null : readStoredSignal(row.signal, row.observation);
    },
    async quarantined(runId, fromSession) {
      const rows = await transaction.read<{ session: number; minute_index: number }>(QUARANTINED, [runId, fromSession]);
      return rows.map(({ session, minute_index: minuteIndex }) => ({ session, minuteIndex }));
    },
  };
}

function decisionValues({ runId, cause, decision, signal }: DecisionRecord): unknown[] {
  return [
    runId,
    decision.session,
    decision.minuteIndex,
    cause,
    decision.minutes,
    decision.eventMs,
    decision.state,
    JSON.stringify(decision.causes),
    decision.equityE4,
    JSON.stringify(decision.symbols),
    JSON.stringify(decision.cancels),
    signal === null ? null : storedText(signal),
    signal === null ? null : [...signal.observation],
  ];
}
