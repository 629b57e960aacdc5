/**
 * The questions of the reports, as named statements. Instants leave as epoch milliseconds, money as text of integers.
 */

import { FILL_COLUMNS } from '../runs/execution-rows.ts';
import { LATENCY_COLUMNS } from '../runs/latency-rows.ts';

interface NamedQuery {
  readonly name: string;
  readonly text: string;
}

/** A run that has decided nothing stands where its book was left, which its configuration says. */
const HEAD_COLUMNS = `
  s.run_id, s.session, s.minutes, s.open_ms, s.published_minute, own.last_minute, own.closed, own.opening_cash_e4,
  (extract(epoch FROM own.updated_at) * 1000)::float8 AS updated_at_ms,
  a.equity_e4, a.account_peak_e4, a.limit_reference_e4, a.trading_state, a.state_causes,
  CASE WHEN a.run_id IS NULL THEN r.config END AS opening_config`;

/** `own`: the account in the session; `a`: as it stands, before the first decision where the session before left it. */
const HEAD_TABLES = `sessions s JOIN runs r ON r.run_id = s.run_id
  LEFT JOIN accounts own ON own.run_id = s.run_id AND own.session = s.session
  LEFT JOIN LATERAL (SELECT * FROM accounts WHERE run_id = s.run_id AND session <= s.session
    ORDER BY session DESC LIMIT 1) a ON true`;

export const RUN: NamedQuery = {
  name: 'report-run',
  text: 'SELECT kind, config, ledger_version FROM runs WHERE run_id = $1',
};

export const SESSIONS: NamedQuery = {
  name: 'report-sessions',
  text: `SELECT ${HEAD_COLUMNS} FROM ${HEAD_TABLES}
    ORDER BY r.created_at DESC, s.run_id, s.session DESC LIMIT $1`,
};

export const NEWEST_HEAD: NamedQuery = {
  name: 'report-newest-head',
  text: `SELECT ${HEAD_COLUMNS} FROM ${HEAD_TABLES} WHERE s.run_id = $1 ORDER BY s.session DESC LIMIT 1`,
};

export const HEAD: NamedQuery = {
  name: 'report-head',
  text: `SELECT ${HEAD_COLUMNS} FROM ${HEAD_TABLES} WHERE s.run_id = $1 AND s.session = $2`,
};

/** A message that is stored has left its stage; its id outlives its body. */
export const STEPS: NamedQuery = {
  name: 'report-steps',
  text: `SELECT message_id, (extract(epoch FROM created_at) * 1000)::float8 AS at_ms FROM outbox
    WHERE message_id = ANY ($1::text[])`,
};

/** Positions are those of the run as it stands, so they say nothing of a session that is not its newest. */
export const POSITIONS: NamedQuery = {
  name: 'report-positions',
  text: `SELECT symbol, quantity, cost_e4, mark_e4, stop_price_e4 FROM positions
    WHERE run_id = $1 AND NOT EXISTS (SELECT FROM sessions WHERE run_id = $1 AND session > $2) ORDER BY symbol`,
};

export const EQUITY: NamedQuery = {
  name: 'report-equity',
  text: `SELECT minute_index, equity_e4, drawdown_e4, limit_drawdown_e4 FROM equity
    WHERE run_id = $1 AND session = $2 AND minute_index >= $3 ORDER BY minute_index`,
};

export const DECISIONS: NamedQuery = {
  name: 'report-decisions',
  text: `SELECT minute_index, cause, sequence, state, state_causes, symbols FROM decisions
    WHERE run_id = $1 AND session = $2 AND minute_index >= $3 ORDER BY minute_index, cause DESC, sequence`,
};

export const FILLS: NamedQuery = {
  name: 'report-fills',
  text: `SELECT ${FILL_COLUMNS} FROM fills
    WHERE run_id = $1 AND session = $2 AND minute_index >= $3 ORDER BY event_ms, symbol, sequence`,
};

export const LATENCY: NamedQuery = {
  name: 'report-latency',
  text: `SELECT ${LATENCY_COLUMNS} FROM minute_latency
    WHERE run_id = $1 AND session = $2 AND minute_index >= $3 ORDER BY minute_index`,
};

export const ORDER_COUNTS: NamedQuery = {
  name: 'report-order-counts',
  text: 'SELECT kind, count(*)::int AS count FROM orders WHERE run_id = $1 AND session = $2 GROUP BY kind',
};

/** Of a session of a run, on the bars that it was played on. */
const IN_SPAN =
  'f.run_id = $1 AND f.session = $2 AND ts >= to_timestamp($3 / 1000.0) AND ts < to_timestamp($4 / 1000.0)';
const FAULTS_OF_SESSION = `session_feeds f JOIN data_quality q USING (feed, symbol)`;

export const BARS: NamedQuery = {
  name: 'report-bars',
  text: `SELECT symbol, (extract(epoch FROM ts) * 1000)::int8 AS open_ms, open_e4, close_e4
    FROM session_feeds f JOIN ohlcv USING (feed, symbol)
    WHERE ${IN_SPAN} ORDER BY ts, symbol`,
};

export const FAULTS: NamedQuery = {
  name: 'report-faults',
  text: `SELECT code, count(*)::int AS count FROM ${FAULTS_OF_SESSION}, unnest(codes) AS code
    WHERE ${IN_SPAN} GROUP BY code ORDER BY count(*) DESC, code`,
};

export const TOTALS: NamedQuery = {
  name: 'report-totals',
  text: `SELECT (SELECT count(*)::int FROM ${FAULTS_OF_SESSION} WHERE ${IN_SPAN} AND codes <> '{MISSING}') AS faulty_bars,
    (SELECT count(*)::int FROM quarantine) AS quarantined`,
};

export const COMMAND_OUTCOME: NamedQuery = {
  name: 'report-command-outcome',
  text: 'SELECT outcome FROM risk_events WHERE message_id = $1',
};

export const TRADES: NamedQuery = {
  name: 'report-trades',
  text: `SELECT f.*, o.kind, l.recorded_ms - l.closed_ms AS latency_ms
    FROM fills f
    LEFT JOIN orders o ON o.run_id = f.run_id AND o.order_ref = f.order_ref
    LEFT JOIN minute_latency l ON l.run_id = o.run_id AND l.session = o.session AND l.minute_index = o.minute_index
    WHERE f.run_id = $1 AND f.session = $2 ORDER BY f.event_ms, f.symbol, f.sequence`,
};
