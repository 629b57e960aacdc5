/**
 * The account of a run as it stands: one row per session, the positions held now, equity by the minute.
 */

import type { StandingCause, TradingState } from '../../../domain/risk/causes.ts';
import type { AccountRepository, AccountRow, EquityRow, PositionRow } from '../../../ports/repositories/accounts.ts';
import { columns, integer } from '../connection/columns.ts';
import { type PositionDbRow, positionFact } from '../report/report-rows.ts';
import type { Transaction } from '../connection/transaction.ts';

export interface AccountDbRow {
  readonly run_id: string;
  readonly session: number;
  readonly last_minute: number;
  readonly closed: boolean;
  readonly opening_cash_e4: string;
  readonly cash_e4: string;
  readonly equity_e4: string;
  readonly account_peak_e4: string;
  readonly limit_reference_e4: string;
  readonly realized_e4: string;
  readonly fees_e4: string;
  readonly max_drawdown_e4: string;
  readonly max_limit_drawdown_e4: string;
  readonly trading_state: TradingState;
  /** Written by risk from its own types. */
  readonly state_causes: readonly StandingCause[];
  readonly snapshot: string;
  readonly daily_hash: string | null;
}

export const ACCOUNT_COLUMNS = `run_id, session, last_minute, closed, opening_cash_e4, cash_e4, equity_e4, account_peak_e4,
  limit_reference_e4, realized_e4, fees_e4, max_drawdown_e4, max_limit_drawdown_e4, trading_state, state_causes,
  snapshot, daily_hash`;

const LATEST = {
  name: 'account-latest',
  text: `SELECT ${ACCOUNT_COLUMNS} FROM accounts WHERE run_id = $1 ORDER BY session DESC LIMIT 1`,
};

const LATEST_BEFORE = {
  name: 'account-latest-before',
  text: `SELECT ${ACCOUNT_COLUMNS} FROM accounts WHERE run_id = $1 AND session < $2 ORDER BY session DESC LIMIT 1`,
};

const SAVE = {
  name: 'account-save',
  text: `INSERT INTO accounts (${ACCOUNT_COLUMNS})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    ON CONFLICT (run_id, session) DO UPDATE SET last_minute = excluded.last_minute, closed = excluded.closed,
      opening_cash_e4 = excluded.opening_cash_e4, cash_e4 = excluded.cash_e4, equity_e4 = excluded.equity_e4,
      account_peak_e4 = excluded.account_peak_e4, limit_reference_e4 = excluded.limit_reference_e4,
      realized_e4 = excluded.realized_e4, fees_e4 = excluded.fees_e4, max_drawdown_e4 = excluded.max_drawdown_e4,
      max_limit_drawdown_e4 = excluded.max_limit_drawdown_e4, trading_state = excluded.trading_state,
      state_causes = excluded.state_causes, snapshot = excluded.snapshot,
      daily_hash = excluded.daily_hash, updated_at = now()`,
};

const POSITIONS = {
  name: 'positions-of-run',
  text: 'SELECT symbol, quantity, cost_e4, mark_e4, stop_price_e4 FROM positions WHERE run_id = $1 ORDER BY symbol',
};

const REPLACE_POSITIONS = {
  name: 'positions-replace',
  text: `WITH gone AS (DELETE FROM positions WHERE run_id = $1 AND symbol <> ALL ($2::text[]))
    INSERT INTO positions (run_id, symbol, quantity, cost_e4, mark_e4, stop_price_e4)
    SELECT $1, * FROM unnest($2::text[], $3::int8[], $4::int8[], $5::int8[], $6::int8[])
    ON CONFLICT (run_id, symbol) DO UPDATE SET quantity = excluded.quantity, cost_e4 = excluded.cost_e4,
      mark_e4 = excluded.mark_e4, stop_price_e4 = excluded.stop_price_e4`,
};

/** A pulse later in the minute says more. */
const ADD_EQUITY = {
  name: 'equity-add',
  text: `INSERT INTO equity (run_id, session, minute_index, event_ms, equity_e4, cash_e4, fees_e4, drawdown_e4,
      limit_drawdown_e4)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (run_id, session, minute_index) DO UPDATE SET event_ms = excluded.event_ms,
      equity_e4 = excluded.equity_e4, cash_e4 = excluded.cash_e4, fees_e4 = excluded.fees_e4,
      drawdown_e4 = excluded.drawdown_e4, limit_drawdown_e4 = excluded.limit_drawdown_e4`,
};

const POSITION_FIELDS = ['symbol', 'quantity', 'costE4', 'markE4', 'stopPriceE4'] as const;

export function accountRepository(transaction: Transaction): AccountRepository {
  return {
    async latest(runId) {
      const [row] = await transaction.read<AccountDbRow>(LATEST, [runId]);
      return row === undefined ? null : accountRow(row);
    },
    async latestBefore(runId, session) {
      const [row] = await transaction.read<AccountDbRow>(LATEST_BEFORE, [runId, session]);
      return row === undefined ? null : accountRow(row);
    },
    async positions(runId) {
      const rows = await transaction.read<PositionDbRow>(POSITIONS, [runId]);
      return rows.map(positionFact);
    },
    async save(row, positions, equity) {
      transaction.write(SAVE, accountValues(row));
      transaction.write(REPLACE_POSITIONS, [row.runId, ...columns<PositionRow>(positions, POSITION_FIELDS)]);
      if (equity !== null) transaction.write(ADD_EQUITY, equityValues(row.runId, equity));
    },
  };
}

export function accountRow(row: AccountDbRow): AccountRow {
  return {
    runId: row.run_id,
    session: row.session,
    lastMinute: row.last_minute,
    closed: row.closed,
    openingCashE4: integer(row.opening_cash_e4, 'accounts.opening_cash_e4'),
    cashE4: integer(row.cash_e4, 'accounts.cash_e4'),
    equityE4: integer(row.equity_e4, 'accounts.equity_e4'),
    accountPeakE4: integer(row.account_peak_e4, 'accounts.account_peak_e4'),
    limitReferenceE4: integer(row.limit_reference_e4, 'accounts.limit_reference_e4'),
    realizedE4: integer(row.realized_e4, 'accounts.realized_e4'),
    feesE4: integer(row.fees_e4, 'accounts.fees_e4'),
    maxDrawdownE4: integer(row.max_drawdown_e4, 'accounts.max_drawdown_e4'),
    maxLimitDrawdownE4: integer(row.max_limit_drawdown_e4, 'accounts.max_limit_drawdown_e4'),
    tradingState: row.trading_state,
    causes: row.state_causes,
    snapshot: row.snapshot,
    dailyHash: row.daily_hash,
  };
}

function accountValues(row: AccountRow): unknown[] {
  return [
    row.runId,
    row.session,
    row.lastMinute,
    row.closed,
    row.openingCashE4,
    row.cashE4,
    row.equityE4,
    row.accountPeakE4,
    row.limitReferenceE4,
    row.realizedE4,
    row.feesE4,
    row.maxDrawdownE4,
    row.maxLimitDrawdownE4,
    row.tradingState,
    JSON.stringify(row.causes),
    row.snapshot,
    row.dailyHash,
  ];
}

function equityValues(runId: string, row: EquityRow): unknown[] {
  const { session, minuteIndex, eventMs, equityE4, cashE4, feesE4, drawdownE4, limitDrawdownE4 } = row;
  return [runId, session, minuteIndex, eventMs, equityE4, cashE4, feesE4, drawdownE4, limitDrawdownE4];
}
