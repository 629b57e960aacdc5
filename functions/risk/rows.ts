/**
 * The stage's state as rows of the account tables. Money in 1e-4 USD.
 */

import type { RiskStage } from '../../shared/domain/risk/risk-stage.ts';
import type { AccountRow, EquityRow, PositionRow } from '../../shared/ports/repositories/accounts.ts';
import type { RunState } from './run-state.ts';

export function accountRow({ runId, stage, dailyHash }: RunState, closed: boolean): AccountRow {
  const { account, equity } = stage;
  return {
    runId,
    session: stage.session,
    lastMinute: stage.lastMinute,
    closed,
    openingCashE4: stage.openingCashE4,
    cashE4: account.cashE4,
    equityE4: stage.equityE4,
    accountPeakE4: equity.accountPeakE4,
    limitReferenceE4: equity.limitReferenceE4,
    realizedE4: account.realizedE4,
    feesE4: account.feesE4,
    maxDrawdownE4: equity.maxDrawdownE4,
    maxLimitDrawdownE4: equity.maxLimitDrawdownE4,
    tradingState: stage.state,
    causes: stage.causes,
    snapshot: JSON.stringify(stage.snapshot()),
    dailyHash,
  };
}

export function positionRows(symbols: readonly string[], stage: RiskStage): PositionRow[] {
  const { account, orders } = stage;
  return symbols.map((symbol, s) => ({
    symbol,
    quantity: account.quantity[s]!,
    costE4: account.investedE4[s]!,
    markE4: account.markE4[s]!,
    stopPriceE4: orders.stopPriceE4(s),
  }));
}

export function equityRow(stage: RiskStage, at: { session: number; eventMs: number }): EquityRow {
  return {
    ...at,
    minuteIndex: stage.lastMinute,
    equityE4: stage.equityE4,
    cashE4: stage.account.cashE4,
    feesE4: stage.account.feesE4,
    drawdownE4: stage.equity.drawdownE4,
    limitDrawdownE4: stage.equity.limitDrawdownE4,
  };
}
