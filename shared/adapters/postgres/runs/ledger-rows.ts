/**
 * What a ledger is made of, read from SQL alone by the role that can only read.
 */

import type { Pool, QueryResultRow } from 'pg';
import type { Fill, Order } from '../../../domain/orders/types.ts';
import type { Decision, SymbolDecision } from '../../../domain/risk/types.ts';
import type { CommandMark } from '../../../domain/run/rebuild-ledger.ts';
import type { AccountRow } from '../../../ports/repositories/accounts.ts';
import type { LatencyRow } from '../../../ports/repositories/execution.ts';
import type { BarRow, DailyBar } from '../../../ports/repositories/market.ts';
import type { SessionOfRun, SessionRow } from '../../../ports/repositories/runs.ts';
import type { RunRecord } from '../../../ports/report-views.ts';
import { ACCOUNT_COLUMNS, type AccountDbRow, accountRow } from './account-repository.ts';
import { type BarDbRow, barRow, BARS_BETWEEN } from '../market/bar-repository.ts';
import { integer } from '../connection/columns.ts';
import { dailyBar, type DailyBarDbRow, DAILY_BARS_OF } from '../market/daily-bar-repository.ts';
import { type FillDbRow, fillOf, FILLS_OF_SESSION, ORDER_COLUMNS, type OrderDbRow, orderOf } from './execution-rows.ts';
import { runRecord, type RunRow } from '../report/report-rows.ts';
import type { DecisionDbRow } from './decision-rows.ts';
import { LATENCY_COLUMNS, type LatencyDbRow, latencyRow } from './latency-rows.ts';
import { FIND_RUN, type SessionDbRow, sessionRow, SESSIONS_OF_RUN } from './run-repository.ts';
import type { Statement } from '../connection/transaction.ts';

export interface LedgerSource {
  run(runId: string): Promise<RunRecord | null>;
  /** Oldest first. */
  sessions(runId: string): Promise<SessionRow[]>;
  /** Those of the minutes, with their orders, in the order of the ledger. */
  decisions(runId: string, session: number): Promise<Decision[]>;
  /** What operators' commands left standing, in order. */
  commands(runId: string, session: number): Promise<CommandMark[]>;
  /** Minutes decided without their signal. */
  quarantinedMinutes(runId: string, session: number): Promise<number[]>;
  fills(runId: string, session: number): Promise<Fill[]>;
  /** Oldest session first. */
  accounts(runId: string): Promise<AccountRow[]>;
  /** Good bars of [fromMs, toMs), by time then symbol. */
  bars(of: SessionOfRun, range: { fromMs: number; toMs: number }): Promise<BarRow[]>;
  dailyBars(symbols: readonly string[]): Promise<DailyBar[]>;
  latency(runId: string): Promise<LatencyRow[]>;
}

type CommandDbRow = Pick<DecisionDbRow, 'minute_index' | 'event_ms' | 'state_causes'>;

const DECISIONS = {
  name: 'ledger-decisions',
  text: `SELECT minute_index, minutes, event_ms, state, state_causes, equity_e4, symbols, cancels FROM decisions
    WHERE run_id = $1 AND session = $2 AND cause = 'minute' ORDER BY minute_index`,
};

const COMMANDS = {
  name: 'ledger-commands',
  text: `SELECT minute_index, event_ms, state_causes FROM decisions
    WHERE run_id = $1 AND session = $2 AND cause = 'command' ORDER BY minute_index, sequence`,
};

const ORDERS = {
  name: 'ledger-orders',
  text: `SELECT ${ORDER_COLUMNS} FROM orders o
    WHERE o.run_id = $1 AND o.session = $2 AND o.cause = 'minute' ORDER BY o.minute_index, o.position`,
};

const QUARANTINED = {
  name: 'ledger-quarantined',
  text: `SELECT minute_index FROM decisions
    WHERE run_id = $1 AND session = $2 AND cause = 'minute' AND signal IS NULL ORDER BY minute_index`,
};

/** The limit's reference at the last minute's close: arming between two sessions moves the account's, not the ledger's. */
const ACCOUNTS = {
  name: 'ledger-accounts',
  text: `SELECT ${ACCOUNT_COLUMNS.replace('limit_reference_e4', 'reference_at_close_e4 AS limit_reference_e4')}
    FROM accounts LEFT JOIN LATERAL (
      SELECT e.equity_e4 + e.limit_drawdown_e4 AS at_close_e4 FROM equity e
      WHERE (e.run_id, e.session, e.minute_index) = (accounts.run_id, accounts.session, accounts.last_minute)
    ) AS stored ON TRUE
    CROSS JOIN LATERAL (SELECT coalesce(at_close_e4, limit_reference_e4) AS reference_at_close_e4) AS reference
    WHERE run_id = $1 ORDER BY session`,
};

const LATENCY = {
  name: 'ledger-latency',
  text: `SELECT ${LATENCY_COLUMNS} FROM minute_latency WHERE run_id = $1 ORDER BY session, minute_index`,
};

export function createLedgerSource(pool: Pool): LedgerSource {
  async function read<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return (await pool.query<Row>({ ...statement, values: [...values] })).rows;
  }
  return {
    async run(runId) {
      const [row] = await read<RunRow>(FIND_RUN, [runId]);
      return row === undefined ? null : runRecord(row);
    },
    async sessions(runId) {
      return (await read<SessionDbRow>(SESSIONS_OF_RUN, [runId])).map((row) => sessionRow(runId, row));
    },
    async decisions(runId, session) {
      const rows = await read<DecisionDbRow>(DECISIONS, [runId, session]);
      const orders = (await read<OrderDbRow>(ORDERS, [runId, session])).map(orderOf);
      const byMinute = Map.groupBy(orders, (order) => order.minuteIndex);
      return rows.map((row) => decisionOf(session, row, byMinute.get(row.minute_index) ?? []));
    },
    async commands(runId, session) {
      const rows = await read<CommandDbRow>(COMMANDS, [runId, session]);
      return rows.map((row) => ({
        minuteIndex: row.minute_index,
        eventMs: integer(row.event_ms, 'decisions.event_ms'),
        causes: row.state_causes,
      }));
    },
    async quarantinedMinutes(runId, session) {
      const rows = await read<{ minute_index: number }>(QUARANTINED, [runId, session]);
      return rows.map((row) => row.minute_index);
    },
    async fills(runId, session) {
      return (await read<FillDbRow>(FILLS_OF_SESSION, [runId, session])).map(fillOf);
    },
    async accounts(runId) {
      return (await read<AccountDbRow>(ACCOUNTS, [runId])).map(accountRow);
    },
    async bars({ runId, session }, { fromMs, toMs }) {
      return (await read<BarDbRow>(BARS_BETWEEN, [runId, session, fromMs, toMs])).map(barRow);
    },
    async dailyBars(symbols) {
      return (await read<DailyBarDbRow>(DAILY_BARS_OF, [symbols])).map(dailyBar);
    },
    async latency(runId) {
      return (await read<LatencyDbRow>(LATENCY, [runId])).map((row) => latencyRow(runId, row));
    },
  };
}

function decisionOf(session: number, row: DecisionDbRow, orders: readonly Order[]): Decision {
  return {
    session,
    minuteIndex: row.minute_index,
    minutes: row.minutes,
    eventMs: integer(row.event_ms, 'decisions.event_ms'),
    state: row.state,
    causes: row.state_causes,
    equityE4: integer(row.equity_e4, 'decisions.equity_e4'),
    // Written by risk from its own types.
    symbols: JSON.parse(row.symbols) as SymbolDecision[],
    orders,
    cancels: JSON.parse(row.cancels) as string[],
  };
}
