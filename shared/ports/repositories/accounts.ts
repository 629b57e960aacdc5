/**
 * The account of a run: the risk stage's state, positions and equity.
 *
 * Written by risk: accounts, positions, equity.
 */

import type { StandingCause, TradingState } from '../../domain/risk/causes.ts';

/** The account of one run in one session, with the risk stage's whole state as canonical text. */
export interface AccountRow {
  readonly runId: string;
  readonly session: number;
  readonly lastMinute: number;
  readonly closed: boolean;
  readonly openingCashE4: number;
  readonly cashE4: number;
  readonly equityE4: number;
  readonly accountPeakE4: number;
  /** What the drawdown limit counts from. */
  readonly limitReferenceE4: number;
  readonly realizedE4: number;
  readonly feesE4: number;
  readonly maxDrawdownE4: number;
  readonly maxLimitDrawdownE4: number;
  readonly tradingState: TradingState;
  readonly causes: readonly StandingCause[];
  readonly snapshot: string;
  /** Content of the daily bars that the session was decided on; null where its profile reads none. */
  readonly dailyHash: string | null;
}

export interface PositionRow {
  readonly symbol: string;
  readonly quantity: number;
  readonly costE4: number;
  readonly markE4: number;
  readonly stopPriceE4: number;
}

export interface EquityRow {
  readonly session: number;
  readonly minuteIndex: number;
  readonly eventMs: number;
  readonly equityE4: number;
  readonly cashE4: number;
  readonly feesE4: number;
  /** Below the account's peak. */
  readonly drawdownE4: number;
  /** Below the reference of the drawdown limit. */
  readonly limitDrawdownE4: number;
}

export interface AccountRepository {
  latest(runId: string): Promise<AccountRow | null>;
  latestBefore(runId: string, session: number): Promise<AccountRow | null>;
  /** What the run holds now, by symbol. */
  positions(runId: string): Promise<readonly PositionRow[]>;
  save(row: AccountRow, positions: readonly PositionRow[], equity: EquityRow | null): Promise<void>;
}
